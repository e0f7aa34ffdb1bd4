import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createDeliver } from '../../delivery/deliver.ts';
import { loadTemplatesOf } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { createDispatcher } from '../../dispatch/dispatcher.ts';
import { createTemporalGateway } from '../../dispatch/temporal-gateway.ts';
import { journeysTaskQueue } from '../../domain/journey.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { openDatabase } from '../../store/database.ts';
import { createMessageReader } from '../../store/message-reader.ts';
import { recordExit } from '../../store/record-exit.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import { benchLinks, benchMessages, benchShop, journeyConnection } from './bench-campaign.ts';
import { answerUsage } from './child.ts';
import { providerChannel } from './provider.ts';
import { quietTemporal } from './quiet-temporal.ts';
import * as stories from './stories.ts';
import { readSetting } from './worker-setting.ts';

/** A worker for journeys, as `worker.ts` starts one, with a journey that sends at once. */
const { databaseUrl, temporalAddress: address, namespace, providerUrl } = readSetting();

quietTemporal();
const db = openDatabase({ url: databaseUrl, connections: 20 });
const journeys = listJourneys(stories);
const clock = systemClock;
const shop = benchShop(undefined);
const deliver = createDeliver({
  db,
  channels: [providerChannel(providerUrl, journeyConnection)],
  messages: benchMessages,
  renderer: createRenderer({ templates: await loadTemplatesOf(join(import.meta.dirname, '../..')) }),
  read: createMessageReader(db),
  shop,
  clock,
  links: benchLinks,
  journeys,
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue: journeysTaskQueue,
  workflowBundle: await bundleJourneys({ entry: join(import.meta.dirname, 'stories.ts') }),
  activities: createActivities({
    deliver: (requests) => deliver(requests),
    answer: async () => 0,
    recordExit: (exit) => recordExit(db, exit),
  }),
  maxCachedWorkflows: 400,
});
const running = worker.run();
const client = new Client({ connection: await Connection.connect({ address }), namespace });
createDispatcher({
  db,
  databaseUrl,
  runs: createTemporalGateway({ client, clock }),
  intake: createIntake({ db, journeys, clock, home: shop.home }),
  clock,
}).start();
answerUsage();
await running;
