import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { systemClock } from '../../config/system-clock.ts';
import { accepted } from '../../delivery/channels/channel.ts';
import { openDatabase } from '../../store/database.ts';
import { listeningChannel, shopOf } from '../delivery/delivery-shop.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { testCampaign } from './test-campaign.ts';

/** A campaign worker of its own process; its provider takes a while and writes down each request that it was sent. */
const [databaseUrl = '', address = '', namespace = '', taskQueue = '', log = '', name = '', day = ''] =
  process.argv.slice(2);

/** Longer than a chunk needs to reach the provider, so that many requests are under way at any moment. */
const providerMs = 300;

Runtime.install({ logger: new DefaultLogger('ERROR') });
const email = listeningChannel('email', async ({ sendId }) => {
  appendFileSync(log, `${sendId}\n`);
  await sleep(providerMs);
  return accepted(sendId);
});
const { deps } = shopOf(openDatabase({ url: databaseUrl, connections: 1 }), { channels: [email] });
await startCampaignWorker({
  connection: await NativeConnection.connect({ address }),
  client: new Client({ connection: await Connection.connect({ address }), namespace }),
  namespace,
  databaseUrl,
  taskQueue,
  chunkSize: 100,
  bundle: await bundleJourneys(),
  campaigns: [testCampaign(name, day)],
  delivery: { ...deps, clock: systemClock, leaseMs: 5000, sendTimeoutMs: 2000 },
  log: { warn: () => undefined },
});
process.send?.('ready');
