import type { FastifyInstance } from 'fastify';
import type { Client } from '../client/create-client.ts';
import { PerennialError } from '../domain/perennial-error.ts';

/** Alive: the process answers. Ready: it would accept an event now. Neither tells anything to a stranger. */
export function addHealthRoutes(app: FastifyInstance, client: Pick<Client, 'assertReady'>): void {
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    await client.assertReady().catch(refuse);
    return { status: 'ready' };
  });
}

/** The cause goes to the log. */
function refuse(cause: unknown): never {
  throw new PerennialError(
    'temporarily-unavailable',
    'An event would not be accepted just now. The log of the server says why.',
    { cause, retryable: true },
  );
}
