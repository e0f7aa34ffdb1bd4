import type { Channel } from '../../delivery/channels/channel.ts';
import { createOutbox } from '../../delivery/channels/outbox/create-outbox.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { openDatabase } from '../../store/database.ts';
import { shopOf } from './delivery-shop.ts';

/**
 * A worker of its own process that kills itself with SIGKILL beyond the point of no return: `before` the provider has
 * the message, or `after` it, when only the record is missing.
 */
const [url = '', folder = '', when = '', request = ''] = process.argv.slice(2);
const [email] = createOutbox({ folder });

const deadly: Channel = {
  ...email,
  async send(outgoing, signal) {
    if (when === 'after') await email.send(outgoing, signal);
    process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
};

const { deliver } = shopOf(openDatabase({ url, connections: 2 }), { channels: [deadly] });
const parsed: SendRequest = JSON.parse(request);
await deliver([parsed]);
