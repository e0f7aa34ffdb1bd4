import type { Environment } from '../config/environment.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { engineStatus } from './engine-status.ts';

/** Where the running shop is. */
export interface Places {
  readonly databaseUrl: string;
  readonly temporalAddress?: string;
  readonly namespace?: string;
}

/**
 * Where the database and Temporal of the running shop are: what the environment names, else the engine of this checkout.
 *
 * @throws PerennialError `engine-not-running` when there is neither.
 */
export async function findPlaces(environment: Environment): Promise<Places> {
  const status = await engineStatus({ dataFolder: environment.dataFolder });
  const databaseUrl = environment.databaseUrl ?? (status.postgres?.alive ? status.postgres.url : undefined);
  if (databaseUrl === undefined) {
    throw new PerennialError(
      'engine-not-running',
      'Nothing is running in this checkout. Start everything with "npm start", or the engine alone with "npx perennial engine start", or set DATABASE_URL.',
    );
  }
  const temporalAddress = environment.temporalAddress ?? status.temporal?.address;
  return {
    databaseUrl,
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    ...(status.namespace === undefined ? {} : { namespace: status.namespace }),
  };
}
