import { Client, Connection } from '@temporalio/client';
import { createCampaignClient, type CampaignClient } from '../client/campaigns/create-campaign-client.ts';
import { readEnvironment } from '../config/environment.ts';
import { readSecret } from '../config/secret.ts';
import { systemClock } from '../config/system-clock.ts';
import { createJudge } from '../delivery/judge-campaign.ts';
import { createLinks } from '../delivery/links.ts';
import { loadTemplatesOf } from '../delivery/rendering/load-templates.ts';
import { createRenderer } from '../delivery/rendering/renderer.ts';
import { createCampaignGateway, type CampaignGateway } from '../dispatch/campaign-gateway.ts';
import { scheduleCampaigns, type Scheduled } from '../dispatch/campaign-schedules.ts';
import type { JudgedSend } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { findPlaces, type Places } from '../engine/find-places.ts';
import { temporalConnectionOf } from '../engine/temporal-connection.ts';
import { openChannels } from '../open-channels.ts';
import shop from '../perennial.config.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { createMessageReader } from '../store/message-reader.ts';
import { assertMigrated } from '../store/migrate.ts';
import { messages } from '../templates/index.ts';
import { campaigns } from '../workflows/campaigns/index.ts';

/** What a campaign command works with while it runs. */
export interface OpenCampaigns {
  readonly client: CampaignClient;
  readonly schedule: () => Promise<readonly Scheduled[]>;
}

/**
 * Opens the campaigns of the running shop for the time of one command. Temporal is connected, and templates are read, only
 * by those commands that need them.
 *
 * @throws PerennialError `engine-not-running`, `migrations-pending`
 */
export async function withOpenCampaigns<Result>(
  work: (open: OpenCampaigns) => Promise<Result>,
): Promise<Result> {
  const places = await findPlaces(readEnvironment());
  const db = openDatabase({ url: places.databaseUrl, connections: 4, applicationName: 'perennial-cli' });
  const temporal = createLazyGateway(places);
  try {
    await assertMigrated(db);
    const clock = systemClock;
    return await work({
      client: createCampaignClient({
        db,
        campaigns,
        clock,
        home: shop.home,
        gateway: {
          start: async (input) => (await temporal.gateway()).start(input),
          stir: (campaign, scheduledAt) => stirIfPossible(temporal, campaign, scheduledAt),
        },
        judge: createLazyJudge(db),
      }),
      schedule: async () => scheduleCampaigns(await temporal.gateway(), campaigns, clock.now()),
    });
  } finally {
    await temporal.close();
    await db.destroy();
  }
}

/** A pause or a cancellation stands without it: the gates read the database. The dispatcher then notices in its own time. */
async function stirIfPossible(
  temporal: ReturnType<typeof createLazyGateway>,
  campaign: string,
  scheduledAt: Instant,
): Promise<boolean> {
  try {
    return await (await temporal.gateway()).stir(campaign, scheduledAt);
  } catch {
    return false;
  }
}

function createLazyGateway(places: Places) {
  let connection: Connection | undefined;
  return {
    async gateway(): Promise<CampaignGateway> {
      const { connectionOptions, namespace } = temporalConnectionOf(places);
      connection ??= await Connection.connect({ connectTimeout: 5000, ...connectionOptions });
      return createCampaignGateway({ client: new Client({ connection, namespace }) });
    },
    close: async () => connection?.close(),
  };
}

function createLazyJudge(db: Database) {
  let judge: Promise<ReturnType<typeof createJudge>> | undefined;
  return async (...asked: Parameters<ReturnType<typeof createJudge>>): Promise<readonly JudgedSend[]> => {
    judge ??= openJudge(db);
    return (await judge)(...asked);
  };
}

async function openJudge(db: Database) {
  const environment = readEnvironment();
  return createJudge({
    db,
    channels: openChannels(environment),
    messages,
    renderer: createRenderer({ templates: await loadTemplatesOf(environment.checkout) }),
    read: createMessageReader(db),
    shop,
    links: createLinks({
      publicUrl: environment.publicUrl,
      secret: await readSecret(environment),
      formerSecrets: environment.formerSecrets,
    }),
  });
}
