import type { FastifyInstance } from 'fastify';
import type { Client } from '../client/create-client.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { authenticateBy } from './authenticate.ts';

/** One event, or a list that is accepted as a whole or not at all. Answered once everything is kept. */
export function addEventRoutes(app: FastifyInstance, client: Client): void {
  app.post('/v1/events', { onRequest: authenticateBy(client) }, async (request, reply) => {
    const { body } = request;
    if (Array.isArray(body) && body.length === 0) throw nothingSent();
    const results = Array.isArray(body) ? await client.track(body) : [await client.trackOne(body)];
    return reply.code(202).send({ results });
  });
}

/** Nobody sends nothing on purpose: answered like success, a broken caller would never be found. */
function nothingSent(): PerennialError {
  return new PerennialError(
    'event-invalid',
    'The list is empty and an empty list carries nothing. Send one event as an object, or 1 to 1,000 as an array.',
  );
}
