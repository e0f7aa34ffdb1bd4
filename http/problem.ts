import type { FastifyReply } from 'fastify';
import { EventsRefused, type EventProblem } from '../client/events-refused.ts';
import { errorCodes, type ErrorCode } from '../domain/error-codes.ts';
import { isPerennialError, PerennialError } from '../domain/perennial-error.ts';
import { PackedBody } from './json-body.ts';

/** A failure as RFC 9457 wants it. */
export interface Problem {
  /** Where the page about this error is served. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  /** For refused events: everything that is wrong with each. */
  readonly problems?: readonly EventProblem[];
}

/** What each code is answered with; anything else that a person can mend is a bad request. */
const statusOf: { readonly [C in ErrorCode]?: number } = {
  'event-conflict': 409,
  'too-many-events': 413,
  'api-key-invalid': 401,
  'webhook-refused': 403,
  'not-found': 404,
  'migrations-pending': 503,
  'schema-newer': 503,
  'temporarily-unavailable': 503,
};

export function problemOf(failure: unknown): Problem {
  const error = readable(failure);
  return {
    type: `/docs/errors/${error.code}`,
    title: errorCodes[error.code],
    status: statusHint(failure) ?? statusOf[error.code] ?? 400,
    code: error.code,
    detail: error.message,
    ...(error instanceof EventsRefused ? { problems: error.problems } : {}),
  };
}

export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="perennial"');
  // Repeating is safe, so the caller may well do it.
  if (problem.status === 503) void reply.header('retry-after', '1');
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function readable(failure: unknown): PerennialError {
  if (isPerennialError(failure)) return failure;
  if (statusHint(failure) !== undefined)
    return new PerennialError('request-invalid', requestSentence(failure));
  return new PerennialError(
    'temporarily-unavailable',
    'The request could not be served just now and may or may not have been accepted. Send it again, unchanged, in a second.',
  );
}

/** Fastify's own refusals (no JSON, too large, unknown content type) carry their status. */
function statusHint(failure: unknown): number | undefined {
  if (!(failure instanceof Error) || isPerennialError(failure) || !('statusCode' in failure))
    return undefined;
  const status = failure.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function requestSentence(failure: unknown): string {
  const status = statusHint(failure);
  if (status === 413)
    return 'The body is too large. Send at most 8 MB and 1,000 events a call; send more in several calls.';
  if (failure instanceof PackedBody)
    return `The body is compressed (content-encoding ${JSON.stringify(failure.packing.slice(0, 40))}). Send it as it is.`;
  if (status === 415)
    return 'The content type is not known here. Send JSON with "content-type: application/json".';
  if (hasCode(failure, 'FST_ERR_BAD_URL') || hasCode(failure, 'FST_ERR_MAX_PARAM_LENGTH'))
    return 'The address cannot be read. Percent-encode what stands in it; "GET /v1/openapi.json" lists all addresses.';
  return 'The body is not JSON, or has a key such as "__proto__". Send one event as an object, or up to 1,000 as an array.';
}

function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code;
}
