import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createCampaignActivities } from './activities/campaigns/create-campaign-activities.ts';
import { createCampaignWork } from './activities/campaigns/create-campaign-work.ts';
import { createDeliverEach, type DeliverDeps, type DeliverEach } from './delivery/deliver.ts';
import { createCampaignGateway } from './dispatch/campaign-gateway.ts';
import { scheduleAtStart } from './dispatch/campaign-schedules.ts';
import { campaignsTaskQueue, type CampaignDefinition } from './domain/campaign.ts';
import { openDatabase } from './store/database.ts';
import type { JourneyBundle } from './workflows/bundle.ts';

export interface CampaignWorkerOptions {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  readonly databaseUrl: string;
  readonly bundle: JourneyBundle;
  readonly campaigns: readonly CampaignDefinition[];
  /** What delivery is made of; the database is the campaigns' own. */
  readonly delivery: Omit<DeliverDeps, 'db'>;
  /** Makes it of that, with a database. Default `createDeliverEach`. */
  readonly deliverBy?: (deps: DeliverDeps) => DeliverEach;
  /** Default `campaigns`. */
  readonly taskQueue?: string;
  /** Recipients that are handed to delivery together. Default 1,000. */
  readonly chunkSize?: number;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * What one process has in hand at once: the four chunks of a campaign, and two more, so that another campaign, or a test
 * send, need not wait for one of them to end.
 */
const workAtOnce = 6;
/** Each chunk reads and writes on one connection at a time; the rest is for plans and lists. */
const connections = 8;

/**
 * The worker of campaigns: its own task queue, few hands and its own connections, so that a campaign of a million never
 * stands in front of one person's message. It also sets the Schedules, for a shop that asks for it.
 */
export async function startCampaignWorker(options: CampaignWorkerOptions) {
  const { connection, client, namespace, databaseUrl, bundle, campaigns, delivery, log, chunkSize } = options;
  const { taskQueue = campaignsTaskQueue, deliverBy = createDeliverEach } = options;
  const db = openDatabase({ url: databaseUrl, connections, applicationName: 'perennial-campaigns' });
  const deliverEach = deliverBy({ ...delivery, db });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: bundle,
    activities: createCampaignActivities(
      createCampaignWork({
        db,
        campaigns,
        deliverEach,
        messages: delivery.messages,
        home: delivery.shop.home,
        clock: delivery.clock,
        onFailure: (err, messages) =>
          log.warn(
            { err, messages },
            'messages of a campaign failed; they are tried again while they are of use',
          ),
        onGone: (gone) => log.warn({ code: gone.code, page: gone.page }, gone.message),
        ...(chunkSize === undefined ? {} : { chunkSize }),
      }),
    ),
    maxConcurrentActivityTaskExecutions: workAtOnce,
    maxCachedWorkflows: 50,
    shutdownGraceTime: '30 seconds',
  });
  const running = worker.run();

  const gateway = createCampaignGateway({ client, taskQueue });
  scheduleAtStart(gateway, delivery.shop, campaigns, { now: delivery.clock.now(), log }).catch(
    (error: unknown) =>
      log.warn(
        { err: error },
        'the Schedules of the campaigns could not be set; the next worker tries again',
      ),
  );

  return {
    running,
    /** For those who watch it. */
    worker,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await db.destroy();
    },
  };
}
