import type { FastifyRequest } from 'fastify';
import { PerennialError } from '../domain/perennial-error.ts';

/** The path is not repeated: it may hold a token. */
export function notFound({ method }: FastifyRequest): PerennialError {
  return new PerennialError(
    'not-found',
    `There is nothing to ${method} at this address. "GET /v1/openapi.json" lists all addresses.`,
  );
}
