import type { FastifyRequest } from 'fastify';
import type { Client } from '../client/create-client.ts';
import { PerennialError } from '../domain/perennial-error.ts';

const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i;

/** Lets requests with a live key pass. Checked before the body is read. @throws PerennialError `api-key-invalid` */
export function authenticateBy(client: Pick<Client, 'isKey'>) {
  return async (request: FastifyRequest): Promise<void> => {
    const [, secret] = bearer.exec(request.headers.authorization ?? '') ?? [];
    if (secret !== undefined && (await client.isKey(secret))) return;
    throw new PerennialError(
      'api-key-invalid',
      'The request needs a key: "authorization: Bearer prn_…". Make one with "npx perennial keys create <name>"; a revoked key is not accepted.',
    );
  };
}
