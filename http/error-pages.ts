import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { errorCodes } from '../domain/error-codes.ts';
import { notFound } from './not-found.ts';

const folder = new URL('../docs/errors/', import.meta.url);

/** The page about an error, where the `type` of a problem points. */
export function addErrorPages(app: FastifyInstance): void {
  app.get<{ Params: { code: string } }>('/docs/errors/:code', async (request, reply) => {
    const { code } = request.params;
    if (!Object.hasOwn(errorCodes, code)) throw notFound(request);
    const page = await readFile(new URL(`${code}.md`, folder), 'utf8');
    return reply.type('text/markdown; charset=utf-8').send(page);
  });
}
