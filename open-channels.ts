import type { Environment } from './config/environment.ts';
import type { Channel } from './delivery/channels/channel.ts';
import { createSmtp } from './delivery/channels/email/create-smtp.ts';
import { createOutbox } from './delivery/channels/outbox/create-outbox.ts';

/**
 * The channels that the environment names, in the order in which the ledger prefers them.
 *
 * On a laptop everything goes to the outbox folder. A shop that really sends one medium must not believe that the others
 * arrive as well: they go to the folder only when it was asked for by name, and otherwise there is no such channel.
 */
export function openChannels(environment: Environment): readonly Channel[] {
  const { outboxFolder, outboxWanted } = environment;
  const real = realChannels(environment);
  const media = new Set(real.map((channel) => channel.medium));
  const folder = createOutbox({ folder: outboxFolder }).filter((channel) => !media.has(channel.medium));
  return real.length === 0 || outboxWanted ? [...real, ...folder] : real;
}

function realChannels({ smtpUrl }: Environment): readonly Channel[] {
  return [...(smtpUrl === undefined ? [] : [createSmtp({ url: smtpUrl })])];
}
