import { Agent, request } from 'node:http';
import { accepted, ambiguous, type Channel } from '../../delivery/channels/channel.ts';
import { createPermits } from '../../delivery/ledger/permits.ts';
import { createDeliver } from '../../delivery/deliver.ts';
import type { CampaignSend } from '../../domain/delivery.ts';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { openDatabase } from '../../store/database.ts';
import { shopOf } from './delivery-shop.ts';

/** A worker of its own process that sends lists, as told over IPC, to a local provider with a limit. */
const [url = '', provider = '', perSecond = ''] = process.argv.slice(2);
const db = openDatabase({ url, connections: 6 });
const agent = new Agent({ keepAlive: true, maxSockets: 100 });

const channel: Channel = {
  connection: 'local',
  medium: 'email',
  send: ({ sendId }) =>
    new Promise((resolve) => {
      const headers = { 'x-sent-at': String(performance.timeOrigin + performance.now()) };
      const call = request(`${provider}/${sendId}`, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => resolve(accepted(sendId)));
      });
      call.on('error', (error) => resolve(ambiguous(error.message)));
      call.end();
    }),
};

const { deps } = shopOf(db, { channels: [channel] });
const permits = createPermits({ db, limits: { local: { perSecond: Number(perSecond) } } });
const deliver = createDeliver({ ...deps, permits });

async function deliverAll(requests: readonly CampaignSend[]): Promise<void> {
  for (;;) {
    try {
      await deliver(requests);
      return;
    } catch (error) {
      if (!isPerennialError(error) || !error.retryable) throw error;
    }
  }
}

process.on('message', (lists: readonly (readonly CampaignSend[])[]) => {
  void Promise.all(lists.map(deliverAll)).then(() => process.send?.('done'));
});
process.send?.('ready');
