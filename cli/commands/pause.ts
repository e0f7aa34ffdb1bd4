import { Argument, type Command } from 'commander';
import { channelNames } from '../../domain/channel-name.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { Client } from '../../client/create-client.ts';
import type { Overdue, PauseScope } from '../../store/pauses.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { overdueOption, decideOverdue } from '../overdue.ts';
import { withShop } from '../with-shop.ts';

type Scope = PauseScope['scope'];

const scopeArgument = new Argument('<scope>', 'what').choices([
  'everything',
  'journey',
  'campaign',
  'channel',
]);

export function pauseCommand(): Command {
  return createCommand(
    'pause',
    'hold back messages of a journey, a campaign, a channel, or all; effective within seconds',
    [
      'pause journey abandoned-cart --reason "prices are wrong"',
      'pause campaign black-friday',
      'pause channel sms',
      'pause everything',
    ],
  )
    .addArgument(scopeArgument)
    .argument('[name]', 'the journey, the campaign or the channel')
    .option('--reason <words>', 'why, for those who come after you')
    .action((scope: Scope, name: string | undefined, options: { reason?: string } & CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const target = await targetOf(scope, name, client);
          const isNew = await client.pause(target, options.reason);
          output.data({ paused: target, wasPaused: !isNew });
          if (!isNew) {
            output.say(
              `${wordsFor(target)} was paused already; the first reason stays. Resume it to begin anew.`,
            );
            return;
          }
          output.say(
            `Paused ${wordsFor(target)}. Messages that come due wait, and expire when they are no longer useful.`,
          );
          output.say(`Go on with: npx perennial resume ${scope}${name ? ` ${name}` : ''}`);
        }),
      ),
    );
}

export function resumeCommand(): Command {
  return createCommand('resume', 'let held-back messages go', [
    'resume journey abandoned-cart',
    'resume journey abandoned-cart --overdue skip',
    'resume everything --overdue send',
  ])
    .addArgument(scopeArgument)
    .argument('[name]', 'the journey, the campaign or the channel')
    .addOption(overdueOption())
    .action((scope: Scope, name: string | undefined, options: { overdue?: Overdue } & CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const target = await targetOf(scope, name, client);
          const overdue = await decideOverdue(options.overdue, () => client.countOverdue(target));
          const wasPaused = await client.resume(target, overdue);
          output.data({ resumed: target, wasPaused, overdue });
          output.say(wasPaused ? `Resumed ${wordsFor(target)}.` : `${wordsFor(target)} was not paused.`);
        }),
      ),
    );
}

async function targetOf(scope: Scope, name: string | undefined, client: Client): Promise<PauseScope> {
  if (scope === 'everything' && name === undefined) return { scope };
  if (scope === 'everything') {
    throw new PerennialError(
      'pause-target-unknown',
      `"everything" takes no name, and "${name}" was given. Leave it out, or name a journey, a campaign or a channel.`,
    );
  }
  const allowed = await namesIn(scope, client);
  if (name !== undefined && allowed.includes(name)) return { scope, name };
  throw new PerennialError(
    'pause-target-unknown',
    `There is no ${scope} "${name ?? ''}". ${allowed.length === 0 ? 'None has been planned yet.' : `Name one of: ${allowed.join(', ')}.`}`,
  );
}

/** A name with a slip in it would stop nothing, and its operator would believe that it had. */
async function namesIn(scope: Exclude<Scope, 'everything'>, client: Client): Promise<readonly string[]> {
  switch (scope) {
    case 'journey':
      return client.journeyNames;
    case 'campaign':
      return client.campaignNames();
    case 'channel':
      return channelNames;
    default:
      return scope satisfies never;
  }
}

function wordsFor(target: PauseScope): string {
  return target.scope === 'everything' ? 'everything' : `${target.scope} ${target.name}`;
}
