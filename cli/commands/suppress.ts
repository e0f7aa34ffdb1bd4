import { Option, type Command } from 'commander';
import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';

interface SuppressOptions extends CommonOptions {
  readonly channel?: ChannelName;
  readonly reason: string;
}

export function suppressCommand(): Command {
  return createCommand('suppress', 'never write to a person or an address again, whatever the consent', [
    'suppress c-1001',
    'suppress mina@example.com --channel email --reason "asked by telephone"',
  ])
    .argument('<customer or address>', "the shop's customer id, or an e-mail address or telephone number")
    .addOption(new Option('--channel <channel>', 'only this channel').choices(channelNames))
    .option('--reason <words>', 'why, for those who come after you', 'by hand')
    .action((reference: string, options: SuppressOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const suppressed = await client.suppress(reference, options);
          output.data(suppressed);
          output.say(`Suppressed ${suppressed.what} for ${options.channel ?? 'every channel'}.`);
        }),
      ),
    );
}
