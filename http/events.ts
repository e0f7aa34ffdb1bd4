import type { FastifyInstance } from 'fastify';
import type { Client } from '../client/create-client.ts';
import { authenticateBy } from './authenticate.ts';

/** One event, or a list that is accepted as a whole or not at all. Answered once everything is kept. */
export function addEventRoutes(app: FastifyInstance, client: Client): void {
  app.post('/v1/events', { onRequest: authenticateBy(client) }, async (request, reply) => {
    const { body } = request;
    const results = Array.isArray(body) ? await client.track(body) : [await client.trackOne(body)];
    return reply.code(202).send({ results });
  });
}
