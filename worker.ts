import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startCampaignWorker } from './campaign-worker.ts';
import { createActivities } from './activities/create-activities.ts';
import { readEnvironment } from './config/environment.ts';
import { readSecret } from './config/secret.ts';
import { systemClock } from './config/system-clock.ts';
import { temporalLogOf } from './config/temporal-log.ts';
import { datedConnectionsOf } from './delivery/channels/receipts.ts';
import { tellRefusals } from './delivery/channels/tell-refusals.ts';
import { failureClassOfCode } from './delivery/channels/twilio/twilio-errors.ts';
import { createLedgerSetting } from './delivery/create-ledger-setting.ts';
import { createDeliverEach, unlessAgain, type DeliverDeps } from './delivery/deliver.ts';
import { createSettler } from './delivery/ledger/settler.ts';
import { createPermits } from './delivery/ledger/permits.ts';
import { stoppablePermits } from './delivery/ledger/stoppable-permits.ts';
import { clickDomainsOf } from './delivery/click-links.ts';
import { createLinks } from './delivery/links.ts';
import { loadTemplatesOf } from './delivery/rendering/load-templates.ts';
import { createRenderer } from './delivery/rendering/renderer.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createInbox } from './dispatch/inbox/create-inbox.ts';
import { createPruner } from './dispatch/pruner.ts';
import { createSweeper } from './dispatch/sweeper.ts';
import { createTemporalGateway } from './dispatch/temporal-gateway.ts';
import { createTicker } from './dispatch/ticker.ts';
import { campaignsTaskQueue } from './domain/campaign.ts';
import { journeysTaskQueue } from './domain/journey.ts';
import { assertRateLimits } from './domain/rate-limits.ts';
import { findPlaces } from './engine/find-places.ts';
import { temporalConnectionOf } from './engine/temporal-connection.ts';
import { createIntake } from './intake/create-intake.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { createShopGauges } from './metrics/shop-gauges.ts';
import { watchChannel, watchDelivery, watchPermits } from './metrics/watch-delivery.ts';
import { watchWorker } from './metrics/watch-worker.ts';
import { openChannels, openReceipts } from './open-channels.ts';
import shop from './perennial.config.ts';
import { openPrivateServer } from './cli/open-private-server.ts';
import { runUntilStopped } from './cli/process-life.ts';
import { openDatabase } from './store/database.ts';
import { answerQuestion } from './store/answer-question.ts';
import { createMessageReader } from './store/message-reader.ts';
import { assertMigrated, assertServable } from './store/migrate.ts';
import { recordExit } from './store/record-exit.ts';
import { messages } from './templates/index.ts';
import { bundleJourneys } from './workflows/bundle.ts';
import { campaigns } from './workflows/campaigns/index.ts';
import * as journeyModules from './workflows/index.ts';
import { listJourneys } from './workflows/list-journeys.ts';
import { createLog } from './config/log.ts';

/**
 * The process that carries journeys: it wakes stories, sends their messages, and takes the outbox to Temporal.
 * Any number may run; one of them leads the dispatch. A stop finishes what is in flight, and lets go of what waits for a
 * rate limit.
 */
await runUntilStopped('worker', async () => {
  const environment = readEnvironment();
  const log = createLog('worker', environment.logLevel);
  Runtime.install({ logger: temporalLogOf(log), shutdownSignals: [] });
  const places = await findPlaces(environment);
  const { databaseUrl } = places;
  const db = openDatabase({ url: databaseUrl, connections: 20, applicationName: 'perennial-worker' });
  await assertMigrated(db);

  const { connectionOptions, namespace } = temporalConnectionOf(places);
  const connection = await NativeConnection.connect(connectionOptions);
  const clientConnection = await Connection.connect(connectionOptions);
  const client = new Client({ connection: clientConnection, namespace });

  const journeys = listJourneys(journeyModules);
  const clock = systemClock;
  const intake = createIntake({ db, journeys, clock, home: shop.home });
  const runs = createTemporalGateway({ client, clock });
  const dispatcher = createDispatcher({ db, databaseUrl, runs, intake, clock, log });
  const ticker = createTicker({
    db,
    journeys,
    clock,
    home: shop.home,
    intake,
    log,
  });
  const sweeper = createSweeper({ db, runs, clock, leads: () => dispatcher.leads, log });
  const metrics = createMetrics();
  const pruner = createPruner({
    db,
    clock,
    retention: shop.policy.retention ?? {},
    datedConnections: datedConnectionsOf(openReceipts(environment)),
    leads: () => dispatcher.leads,
    onPruned: ({ what, count }) => metrics.count('perennial_pruned_total', { what }, count),
    log,
  });

  const inbox = createInbox({ db, intake, clock, log, leads: () => dispatcher.leads });
  const stopping = new AbortController();
  const channels = openChannels(environment).map((channel) =>
    tellRefusals(watchChannel(channel, metrics), {
      classOf: failureClassOfCode,
      tell: (connection, notices) => inbox.keep(connection, notices),
      clock,
    }),
  );

  const delivery: Omit<DeliverDeps, 'db'> = {
    channels,
    messages,
    renderer: createRenderer({
      templates: await loadTemplatesOf(environment.checkout),
    }),
    read: createMessageReader(db),
    shop,
    clock,
    links: createLinks({
      publicUrl: environment.publicUrl,
      secret: await readSecret(environment),
      formerSecrets: environment.formerSecrets,
      clickDomains: clickDomainsOf(shop),
    }),
    journeys,
  };
  const { limits = {} } = shop;
  assertRateLimits(limits);
  const deliverBy = (deps: DeliverDeps) => {
    const permits = stoppablePermits(createPermits({ db: deps.db, limits }), stopping.signal);
    const stoppable = { ...deps, permits: watchPermits(permits, metrics), stopping: stopping.signal };
    return watchDelivery(createDeliverEach(stoppable), metrics);
  };
  const bundle = await bundleJourneys();

  const campaignWorker =
    environment.work === 'journeys'
      ? undefined
      : await startCampaignWorker({
          connection,
          client,
          namespace,
          databaseUrl,
          bundle,
          campaigns,
          delivery,
          deliverBy,
          log,
        });
  if (campaignWorker !== undefined) watchWorker(campaignWorker.worker, campaignsTaskQueue, metrics);
  const closePrivate = await openPrivateServer({
    port: environment.privatePorts.worker,
    host: environment.privateHost,
    metrics,
    log,
    async assertReady() {
      if (stopping.signal.aborted) throw new Error('the worker is stopping');
      await Promise.all([assertServable(db), clientConnection.workflowService.getSystemInfo({})]);
    },
  });
  const letGo = () =>
    Promise.all([connection.close(), clientConnection.close(), db.destroy(), closePrivate()]);
  if (environment.work === 'campaigns' && campaignWorker !== undefined) {
    return {
      ended: campaignWorker.running,
      async stop() {
        stopping.abort();
        await campaignWorker.stop();
        await letGo();
      },
    };
  }

  const deliver = unlessAgain(deliverBy({ ...delivery, db }));
  const settler = createSettler({
    db,
    setting: createLedgerSetting({ ...delivery, db }),
    tell: (name, notices) => inbox.keep(name, notices),
    leads: () => dispatcher.leads,
    log,
  });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: journeysTaskQueue,
    workflowBundle: bundle,
    activities: createActivities({
      deliver: (requests) => deliver(requests),
      answer: (question, asking) => answerQuestion(db, question, { ...asking, home: shop.home }),
      recordExit: (exit) => recordExit(db, exit),
    }),
    shutdownGraceTime: '30 seconds',
    maxCachedWorkflows: 400,
  });
  const running = worker.run();
  watchWorker(worker, journeysTaskQueue, metrics);
  const leads = () => dispatcher.leads;
  metrics.addSource(() => [{ name: 'perennial_leads', labels: {}, value: leads() ? 1 : 0 }]);
  metrics.addSource(createShopGauges({ db, clock, leads }));
  dispatcher.start();
  ticker.start();
  sweeper.start();
  pruner.start();
  inbox.start();
  settler.start();

  return {
    ended: campaignWorker === undefined ? running : Promise.race([running, campaignWorker.running]),
    async stop() {
      stopping.abort();
      // The worker first: it stops taking work at once and needs its grace for what is on its way.
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all([
        running,
        campaignWorker?.stop(),
        dispatcher.stop(),
        ticker.stop(),
        sweeper.stop(),
        pruner.stop(),
        inbox.stop(),
        settler.stop(),
      ]);
      await letGo();
    },
  };
});
