import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Notice, Receipts, Refusal, WebhookRequest } from '../delivery/channels/receipts.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Clock } from '../domain/instant.ts';
import { notFound } from './not-found.ts';
import { problemOf, sendProblem } from './problem.ts';

export interface HookRoutesDeps {
  /** One for each connection whose provider calls back. */
  readonly receipts: readonly Receipts[];
  /** Keeps what was told; when it resolves, nothing can be lost. */
  readonly keep: (connection: string, notices: readonly Notice[]) => Promise<void>;
  /** Under which providers reach this server, without a slash at the end. Signatures cover it. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log?: { warn(details: object, message: string): void };
}

interface HookRoute {
  Params: { connection: string };
}

/** No provider sends more in one call (SendGrid's batches stay below a megabyte). */
const bodyLimit = 5 * 1024 * 1024;
/** A stranger who keeps trying must not fill the log. */
const refusalLogMs = 60_000;

/**
 * Where providers tell what became of messages, and bring answers: `POST /hooks/<connection>`.
 *
 * The body stays as it came, to the byte, until its signature has been checked. A provider is thanked once everything is
 * kept; any other answer makes it call again. Strangers are refused as cheaply as possible: an unknown connection and a
 * body that says it is too large before the body is read, anything without a signature too, and anything that is not
 * signed rightly before it is parsed.
 */
export function hookRoutes({ receipts, keep, publicUrl, clock, log }: HookRoutesDeps): FastifyPluginAsync {
  const readers = new Map(receipts.map((each) => [each.connection, each]));
  const lastLogged = new Map<string, number>();

  function refusal(connection: string, why: Refusal): PerennialError {
    noteRefusal(connection, why);
    return new PerennialError('webhook-refused', `${sentences[why]} Nothing of it was kept.`);
  }

  function noteRefusal(connection: string, why: Refusal): void {
    const key = `${connection} ${why}`;
    const now = performance.now();
    if (now - (lastLogged.get(key) ?? -Infinity) < refusalLogMs) return;
    lastLogged.set(key, now);
    log?.warn({ connection, why }, 'a webhook was refused; others like it are not logged for a minute');
  }

  return async function routes(app) {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    app.setErrorHandler(async (error, _request, reply) => {
      const problem = problemOf(error);
      if (problem.status === 503)
        log?.warn({ err: error }, 'a webhook could not be kept; it will come again');
      return sendProblem(reply, problem.status === 413 ? { ...problem, detail: tooLarge } : problem);
    });

    app.post<HookRoute>(
      '/hooks/:connection',
      {
        onRequest: async (request) => {
          const reader = readers.get(request.params.connection);
          if (reader === undefined) throw notFound(request);
          if (!reader.hasSignature(headersOf(request))) throw refusal(reader.connection, 'unsigned');
        },
      },
      async (request, reply) => {
        const reader = readers.get(request.params.connection);
        if (reader === undefined) throw notFound(request);
        const reading = reader.read(webhookOf(request, publicUrl, clock));
        if (reading.kind === 'refused') {
          throw refusal(reader.connection, reading.why);
        }
        await keep(reader.connection, reading.notices);
        // Without a word: Twilio would send a text to the customer.
        return reply.code(200).send();
      },
    );
  };
}

const tooLarge =
  'The body is larger than 5 MB, and no provider sends that much in one call. Nothing of it was kept.';

/** By lower-case name; a header that came twice is none. */
function headersOf({ headers }: FastifyRequest): WebhookRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? undefined : value]),
  );
}

function webhookOf(request: FastifyRequest, publicUrl: string, clock: Clock): WebhookRequest {
  const { body, raw } = request;
  return {
    rawBody: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    headers: headersOf(request),
    url: `${publicUrl}${raw.url ?? ''}`,
    now: clock.now(),
  };
}

const sentences: Readonly<Record<Refusal, string>> = {
  unsigned: 'The call is not signed. Turn signing on in the settings of the provider.',
  forged: 'The signature does not fit the call and the key that is set here.',
  stale: 'The call was signed too long ago, or by a clock that runs ahead.',
  malformed: 'The call is signed and cannot be read.',
};
