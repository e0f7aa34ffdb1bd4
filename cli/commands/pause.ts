import { Argument, type Command } from 'commander';
import { channelNames } from '../../domain/channel-name.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { PauseScope } from '../../store/pauses.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';

type Scope = 'everything' | 'journey' | 'channel';

const scopeArgument = new Argument('<scope>', 'what').choices(['everything', 'journey', 'channel']);

export function pauseCommand(): Command {
  return createCommand(
    'pause',
    'hold back messages of a journey, of a channel, or all; effective within seconds',
    ['pause journey abandoned-cart --reason "prices are wrong"', 'pause channel sms', 'pause everything'],
  )
    .addArgument(scopeArgument)
    .argument('[name]', 'the journey or the channel')
    .option('--reason <words>', 'why, for those who come after you')
    .action((scope: Scope, name: string | undefined, options: { reason?: string } & CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const target = targetOf(scope, name, client.journeyNames);
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
    'resume everything',
  ])
    .addArgument(scopeArgument)
    .argument('[name]', 'the journey or the channel')
    .action((scope: Scope, name: string | undefined, options: CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const target = targetOf(scope, name, client.journeyNames);
          const wasPaused = await client.resume(target);
          output.data({ resumed: target, wasPaused });
          output.say(wasPaused ? `Resumed ${wordsFor(target)}.` : `${wordsFor(target)} was not paused.`);
        }),
      ),
    );
}

function targetOf(scope: Scope, name: string | undefined, journeys: readonly string[]): PauseScope {
  if (scope === 'everything' && name === undefined) return { scope };
  if (scope === 'everything') {
    throw new PerennialError(
      'pause-target-unknown',
      `"everything" takes no name, and "${name}" was given. Leave it out, or name a journey or a channel.`,
    );
  }
  const allowed: readonly string[] = scope === 'journey' ? journeys : channelNames;
  if (name !== undefined && allowed.includes(name)) return { scope, name };
  throw new PerennialError(
    'pause-target-unknown',
    `There is no ${scope} "${name ?? ''}". Name one of: ${allowed.join(', ')}.`,
  );
}

function wordsFor(target: PauseScope): string {
  return target.scope === 'everything' ? 'everything' : `${target.scope} ${target.name}`;
}
