import { InvalidArgumentError, Option, type Command } from 'commander';
import config from '../../perennial.config.ts';
import { readEnvironment } from '../../config/environment.ts';
import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import { createCommand, createGroup, runCommand, type CommonOptions } from '../command.ts';

interface NewJourneyOptions extends CommonOptions {
  readonly on: string;
  readonly channels: readonly ChannelName[];
}

export function newCommand(): Command {
  return createGroup('new', 'write the beginning of something', [
    'new journey care-tips',
    'new message welcome-gift --on customer.subscribed',
  ])
    .addCommand(newJourneyCommand())
    .addCommand(newMessageCommand());
}

function newJourneyCommand(): Command {
  return createCommand('journey', 'write a journey, its message in every language, and a test that passes', [
    'new journey care-tips',
    'new journey welcome --on customer.subscribed',
    'new journey care-tips --channels whatsapp,email',
  ])
    .argument('<name>', 'lower-case words joined by hyphens; permanent once it is released')
    .option('--on <event>', 'the event that starts it', 'order.paid')
    .addOption(channelsOption())
    .action((name: string, options: NewJourneyOptions) =>
      runCommand(options, async (output) => {
        const { createJourney } = await import('../new/create-journey.ts');
        const files = await createJourney({
          checkout: readEnvironment().checkout,
          name,
          on: options.on,
          channels: options.channels,
          languages: config.locales.supported,
        });
        output.data({ journey: name, files });
        output.say(`The journey "${name}" is written:`);
        for (const file of files) output.say(`  ${file}`);
        output.say('');
        output.say('Play it, look at its message, and check both:');
        output.say(`  npx vitest run tests/journeys/${name}.test.ts`);
        output.say(`  npx perennial preview ${name}`);
        output.say('  npx perennial check');
      }),
    );
}

function newMessageCommand(): Command {
  return createCommand('message', 'write one more message for a journey, in every language', [
    'new message care-reminder',
    'new message welcome-gift --on customer.subscribed --channels whatsapp,email',
  ])
    .argument('<name>', 'lower-case words joined by hyphens')
    .option('--on <event>', 'the event that starts the journey which sends it', 'order.paid')
    .addOption(channelsOption())
    .action((name: string, options: NewJourneyOptions) =>
      runCommand(options, async (output) => {
        const { createMessage } = await import('../new/create-message.ts');
        const { files, call } = await createMessage({
          checkout: readEnvironment().checkout,
          name,
          on: options.on,
          channels: options.channels,
          languages: config.locales.supported,
        });
        output.data({ message: name, files, call });
        output.say(`The message "${name}" is written:`);
        for (const file of files) output.say(`  ${file}`);
        output.say('');
        output.say(`The journey sends it with: ${call}`);
      }),
    );
}

function channelsOption(): Option {
  return new Option(
    '--channels <channel,...>',
    `by which its message may go, the first that is possible: ${channelNames.join(', ')}`,
  )
    .argParser(parseChannels)
    .default(['email', 'sms']);
}

function parseChannels(text: string): ChannelName[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const channels = channelNames.filter((channel) => names.includes(channel));
  const strange = names.find((name) => !channelNames.some((channel) => channel === name));
  if (strange !== undefined) {
    throw new InvalidArgumentError(`"${strange}" is no channel. There are: ${channelNames.join(', ')}.`);
  }
  return channels.toSorted((a, b) => names.indexOf(a) - names.indexOf(b));
}
