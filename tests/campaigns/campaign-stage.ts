import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createCampaignGateway } from '../../dispatch/campaign-gateway.ts';
import type { CampaignDefinition } from '../../domain/campaign.ts';
import type { PolicyConfig } from '../../domain/shop-config.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { listeningChannel, shopOf } from '../delivery/delivery-shop.ts';
import { createTestDatabase } from '../kit/database.ts';
import { temporalServer } from '../kit/temporal-server.ts';

// What a worker says while it works is of no interest in a test; what goes wrong is.
Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface CampaignStageOptions {
  readonly campaigns: readonly CampaignDefinition[];
  readonly policy?: Partial<PolicyConfig>;
  readonly chunkSize?: number;
}

/** Campaigns on a real Temporal server and in real time, with a worker in this process and a provider that listens. */
export async function openCampaignStage({ campaigns, policy, chunkSize }: CampaignStageOptions) {
  const [database, server] = await Promise.all([createTestDatabase(), temporalServer()]);
  const { address, namespace } = server;
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const client = new Client({ connection, namespace });
  const taskQueue = `campaigns-${randomUUID()}`;
  const email = listeningChannel('email');
  const shop = shopOf(database.db, { channels: [email], ...(policy === undefined ? {} : { policy }) });
  const worker = await startCampaignWorker({
    connection: native,
    client,
    namespace,
    databaseUrl: database.url,
    taskQueue,
    bundle: await bundleJourneys(),
    campaigns,
    delivery: { ...shop.deps, clock: systemClock },
    log: { warn: () => undefined },
    ...(chunkSize === undefined ? {} : { chunkSize }),
  });
  return {
    db: database.db,
    client,
    gateway: createCampaignGateway({ client, taskQueue }),
    shop,
    email,
    async close() {
      await worker.stop();
      await Promise.all([connection.close(), native.close()]);
      await Promise.all([database.close(), server.stop()]);
    },
  };
}

export type CampaignStage = Awaited<ReturnType<typeof openCampaignStage>>;
