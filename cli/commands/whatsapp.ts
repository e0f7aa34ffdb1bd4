import type { Command } from 'commander';
import type { Environment } from '../../config/environment.ts';
import { systemClock } from '../../config/system-clock.ts';
import { toIso } from '../../domain/instant.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { createCommand, createGroup, runCommand, type CommonOptions } from '../command.ts';
import { isHere } from '../local-channels.ts';
import type { Output } from '../output.ts';
import { whatsAppAdvice } from '../show/whatsapp-advice.ts';
import type { ShownTemplate } from '../whatsapp-templates.ts';
import { withShop } from '../with-shop.ts';

export function whatsAppCommand(): Command {
  return createGroup('whatsapp', 'see and refresh what WhatsApp has approved', [
    'whatsapp list',
    'whatsapp sync',
  ])
    .addCommand(listCommand())
    .addCommand(syncCommand());
}

function listCommand(): Command {
  return createCommand(
    'list',
    'show what was approved when Twilio was last asked, and what to do about the rest',
    ['whatsapp list', 'whatsapp list --json'],
  ).action((options: CommonOptions) =>
    runCommand(options, (output) =>
      withShop(output, async ({ db, environment }) => {
        const [{ compareTemplates, readWrittenTemplates }, { listWhatsAppTemplates }] = await Promise.all([
          import('../whatsapp-templates.ts'),
          import('../../store/whatsapp-templates.ts'),
        ]);
        const written = await readWrittenTemplates(environment.checkout);
        const templates = compareTemplates(written, await listWhatsAppTemplates(db));
        output.data(templates);
        for (const template of templates) output.say(lineOf(template));
        advise(output, templates, environment);
      }),
    ),
  );
}

function lineOf({ standing, name, language, message, checkedAt }: ShownTemplate): string {
  const use = message === null ? 'not written here' : `for ${message}`;
  const asked = checkedAt === undefined ? '' : `, as of ${toIso(checkedAt)}`;
  return `${standing.padEnd(25)} ${name} (${language}), ${use}${asked}`;
}

function isWaiting({ message, standing }: ShownTemplate): boolean {
  return message !== null && standing !== 'approved';
}

function advise(output: Output, templates: readonly ShownTemplate[], { twilio }: Environment): void {
  const where = twilio === undefined ? 'none' : isHere(twilio.baseUrl) ? 'local' : 'real';
  for (const step of whatsAppAdvice(templates, { twilio: where })) output.say(step);
}

function syncCommand(): Command {
  return createCommand('sync', 'ask Twilio for all templates and their approval', ['whatsapp sync']).action(
    (options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ db, environment }) => {
          if (environment.twilio === undefined) {
            throw new PerennialError(
              'environment-invalid',
              'No Twilio account is set, and WhatsApp templates are kept there. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; docs/guides/connect-twilio.md has an account to play with. Tests and simulations need none.',
            );
          }
          const [
            { openTwilio },
            { readContentTemplates },
            { replaceWhatsAppTemplates, storableTemplates },
            { compareTemplates, readWrittenTemplates },
          ] = await Promise.all([
            import('../../delivery/channels/twilio/open-twilio.ts'),
            import('../../delivery/channels/twilio/read-content-templates.ts'),
            import('../../store/whatsapp-templates.ts'),
            import('../whatsapp-templates.ts'),
          ]);
          const found = storableTemplates(await readContentTemplates(openTwilio(environment.twilio)));
          await replaceWhatsAppTemplates(db, found, systemClock.now());
          output.data(found);
          const approved = found.filter(({ status }) => status === 'approved').length;
          output.say(`Templates at Twilio: ${found.length}. Approved: ${approved}.`);
          const templates = compareTemplates(await readWrittenTemplates(environment.checkout), found);
          for (const template of templates.filter(isWaiting)) output.say(lineOf(template));
          advise(output, templates, environment);
        }),
      ),
  );
}
