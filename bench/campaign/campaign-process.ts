import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { systemClock } from '../../config/system-clock.ts';
import { loadTemplatesOf } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { openDatabase } from '../../store/database.ts';
import { createMessageReader } from '../../store/message-reader.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { benchCampaign, benchLinks, benchMessages, benchShop, campaignConnection } from './bench-campaign.ts';
import { answerUsage } from './child.ts';
import { providerChannel } from './provider.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { readSetting } from './worker-setting.ts';

/** A worker for campaigns, as `worker.ts` starts one, with the benchmark's campaign and provider. */
const { databaseUrl, temporalAddress: address, namespace, providerUrl, begunAt, perSecond } = readSetting();

quietTemporal();
const { running } = await startCampaignWorker({
  connection: await NativeConnection.connect({ address }),
  client: new Client({ connection: await Connection.connect({ address }), namespace }),
  namespace,
  databaseUrl,
  bundle: await bundleJourneys(),
  campaigns: [benchCampaign(begunAt)],
  delivery: {
    channels: [providerChannel(providerUrl, campaignConnection)],
    messages: benchMessages,
    renderer: createRenderer({ templates: await loadTemplatesOf(join(import.meta.dirname, '../..')) }),
    read: createMessageReader(openDatabase({ url: databaseUrl, connections: 2 })),
    shop: benchShop(perSecond),
    clock: systemClock,
    links: benchLinks,
    // A process that was killed is found out in a third of the usual time, so that the benchmark ends sooner.
    sendTimeoutMs: 5000,
  },
  log: { warn: () => undefined },
});
answerUsage();
await running;
