import type { FastifyInstance } from 'fastify';
import { PerennialError } from '../domain/perennial-error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads bodies as JSON in UTF-8, which is the only encoding JSON has (RFC 8259, 8.1). Bytes that are not are refused: replaced
 * by question marks, a name would be kept wrong and two ids might become one.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const packing = request.headers['content-encoding'] ?? 'identity';
    if (packing !== 'identity') return done(new PackedBody(packing));
    const text = decoded(body);
    if (text === undefined) done(notUtf8());
    else void parse(request, text, done);
  });
}

/** A few bytes can unpack to gigabytes, and a call is never more than 8 MB. */
export class PackedBody extends Error {
  readonly statusCode = 415;
  constructor(readonly packing: string) {
    super('The body is compressed.');
  }
}

function decoded(body: Buffer): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function notUtf8(): PerennialError {
  return new PerennialError(
    'request-invalid',
    'The body is not in UTF-8, as JSON has to be. Write it in UTF-8; nothing was accepted.',
  );
}
