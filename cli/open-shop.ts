import { Client as TemporalClient, Connection } from '@temporalio/client';
import { createClient, type Client } from '../client/create-client.ts';
import { readEnvironment, type Environment } from '../config/environment.ts';
import { systemClock } from '../config/system-clock.ts';
import { createCampaignGateway } from '../dispatch/campaign-gateway.ts';
import type { Instant } from '../domain/instant.ts';
import { whereaboutsQuery, type Whereabouts } from '../domain/journey.ts';
import { createIntake } from '../intake/create-intake.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { assertMigrated } from '../store/migrate.ts';
import shop from '../perennial.config.ts';
import { campaigns } from '../workflows/campaigns/index.ts';
import * as journeyModules from '../workflows/index.ts';
import { listJourneys } from '../workflows/list-journeys.ts';
import { findPlaces, type Places } from '../engine/find-places.ts';
import { temporalConnectionOf } from '../engine/temporal-connection.ts';
import type { Output } from './output.ts';

/** What a command works with while it runs: the shop that is running now. */
export interface Shop {
  readonly client: Client;
  readonly db: Database;
  readonly environment: Environment;
}

/**
 * Opens the running shop for the time of one command, and closes it whatever happens.
 *
 * @throws PerennialError `engine-not-running` when neither `DATABASE_URL` nor an engine of this checkout is there,
 * `migrations-pending` when the database is behind.
 */
export async function withOpenShop<Result>(
  output: Output,
  work: (shop: Shop) => Promise<Result>,
): Promise<Result> {
  const environment = readEnvironment();
  const places = await findPlaces(environment);
  const db = openDatabase({ url: places.databaseUrl, connections: 2, applicationName: 'perennial-cli' });
  const temporal = createLazyTemporal(places);
  try {
    await assertMigrated(db);
    const journeys = listJourneys(journeyModules);
    const intake = createIntake({ db, journeys, clock: systemClock, home: shop.home });
    const client = createClient({
      db,
      intake,
      journeys,
      campaigns: campaigns.map(({ name }) => name),
      clock: systemClock,
      whereabouts: (runId) => temporal.whereabouts(runId, output),
      stirCampaign: (campaign, scheduledAt) => temporal.stirCampaign(campaign, scheduledAt, output),
      home: shop.home,
      ...(shop.conversions === undefined ? {} : { conversions: shop.conversions }),
    });
    return await work({ client, db, environment });
  } finally {
    await temporal.close();
    await db.destroy();
  }
}

/** Most commands never ask Temporal; those that do can live without its answer. */
function createLazyTemporal(places: Places) {
  let connecting: Promise<Connection> | undefined;

  async function ask<Answer>(question: (client: TemporalClient) => Promise<Answer>): Promise<Answer> {
    const { connectionOptions, namespace } = temporalConnectionOf(places);
    connecting ??= Connection.connect({ ...connectionOptions, connectTimeout: 2000 });
    const connection = await connecting;
    const client = new TemporalClient({ connection, namespace });
    return connection.withDeadline(Date.now() + 3000, () => question(client));
  }

  return {
    async whereabouts(runId: string, output: Output): Promise<Whereabouts | undefined> {
      try {
        return await ask((client) => client.workflow.getHandle(runId).query<Whereabouts>(whereaboutsQuery));
      } catch {
        output.progress(`The run ${runId} did not answer; are Temporal and a worker running?`);
        return undefined;
      }
    },
    async stirCampaign(campaign: string, scheduledAt: Instant, output: Output): Promise<boolean> {
      try {
        return await ask((client) => createCampaignGateway({ client }).stir(campaign, scheduledAt));
      } catch {
        output.progress(`${campaign} could not be told; is Temporal running? It notices within ten minutes.`);
        return false;
      }
    },
    close: async () => (await connecting?.catch(() => undefined))?.close(),
  };
}
