import type { FastifyInstance } from 'fastify';
import type { Client } from '../client/create-client.ts';

/** Alive: the process answers. Ready: it would accept an event now. Neither tells anything to a stranger. */
export function addHealthRoutes(app: FastifyInstance, client: Pick<Client, 'assertReady'>): void {
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', async () => {
    await client.assertReady();
    return { status: 'ready' };
  });
}
