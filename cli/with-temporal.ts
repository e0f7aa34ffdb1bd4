import { Client, Connection } from '@temporalio/client';
import { readEnvironment } from '../config/environment.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { findPlaces } from '../engine/find-places.ts';
import { temporalConnectionOf } from '../engine/temporal-connection.ts';

/**
 * Opens Temporal for the time of one command. TLS and API key come from the environment (`@temporalio/envconfig`).
 *
 * @throws PerennialError `engine-not-running`, `engine-unreachable`
 */
export async function withTemporal<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const { connectionOptions, namespace } = temporalConnectionOf(await findPlaces(readEnvironment()));
  const connection = await connect(connectionOptions);
  try {
    return await work(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

async function connect(options: Parameters<typeof Connection.connect>[0]): Promise<Connection> {
  try {
    return await Connection.connect({ connectTimeout: 5000, ...options });
  } catch (cause) {
    throw new PerennialError(
      'engine-unreachable',
      `Temporal does not answer at ${options?.address ?? 'its address'}. Is it running? "npx perennial engine status" tells.`,
      { cause, retryable: true },
    );
  }
}
