import type { Command } from 'commander';
import { systemClock } from '../../config/system-clock.ts';
import { toIso } from '../../domain/instant.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';

export function whatsAppCommand(): Command {
  return createCommand('whatsapp', 'see and refresh what WhatsApp has approved', [
    'whatsapp list',
    'whatsapp sync',
  ])
    .addCommand(listCommand())
    .addCommand(syncCommand());
}

function listCommand(): Command {
  return createCommand('list', 'show the templates as they were when last asked for', [
    'whatsapp list --json',
  ]).action((options: CommonOptions) =>
    runCommand(options, (output) =>
      withShop(output, async ({ db }) => {
        const { listWhatsAppTemplates } = await import('../../store/whatsapp-templates.ts');
        const templates = await listWhatsAppTemplates(db);
        output.data(templates);
        if (templates.length === 0)
          output.say('None is known. Ask for them with: npx perennial whatsapp sync');
        for (const { name, language, category, status, checkedAt } of templates) {
          output.say(`${status.padEnd(12)} ${name} (${language}, ${category}), as of ${toIso(checkedAt)}`);
        }
      }),
    ),
  );
}

function syncCommand(): Command {
  return createCommand('sync', 'ask Twilio for all templates and their approval', ['whatsapp sync']).action(
    (options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ db, environment }) => {
          if (environment.twilio === undefined) {
            throw new PerennialError(
              'environment-invalid',
              'No Twilio account is set, and WhatsApp templates are kept there. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
            );
          }
          const [{ openTwilio }, { readContentTemplates }, { replaceWhatsAppTemplates, storableTemplates }] =
            await Promise.all([
              import('../../delivery/channels/twilio/open-twilio.ts'),
              import('../../delivery/channels/twilio/read-content-templates.ts'),
              import('../../store/whatsapp-templates.ts'),
            ]);
          const found = storableTemplates(await readContentTemplates(openTwilio(environment.twilio)));
          await replaceWhatsAppTemplates(db, found, systemClock.now());
          output.data(found);
          const approved = found.filter(({ status }) => status === 'approved').length;
          output.say(`${found.length} templates, of which ${approved} are approved.`);
        }),
      ),
  );
}
