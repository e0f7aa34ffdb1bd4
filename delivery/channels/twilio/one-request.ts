import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { onLeaving } from '../on-leaving.ts';
import type { HttpOutcome } from './http-outcome.ts';

export interface OneRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type RequestOnce = (request: OneRequest) => Promise<HttpOutcome>;

/** An idle connection is dropped before the other side does, or a message could be lost on a line that is being closed. */
const idleMs = 4000;
const mostConnections = 50;
/** Twilio's longest page of messages is far below. */
const longestAnswer = 5_000_000;

/**
 * Makes requests that are asked exactly once: no retry, no redirect, no proxy from the environment. Unlike other HTTP
 * clients it tells whether anything left the machine, since only then may a message have been accepted.
 */
export function createRequestOnce(): RequestOnce {
  const options = { keepAlive: true, maxSockets: mostConnections, timeout: idleMs };
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };

  return ({ method, url, headers, body, signal }) =>
    new Promise((resolve) => {
      const isEncrypted = url.protocol === 'https:';
      const open = isEncrypted ? httpsRequest : httpRequest;
      const agent = isEncrypted ? agents['https:'] : agents['http:'];
      const request = open(url, { method, headers, signal, agent });
      let left = false;
      const fail = (error: unknown) =>
        resolve({ kind: left ? 'no-answer' : 'not-sent', code: codeOf(error, signal) });

      onLeaving(request, isEncrypted, () => {
        left = true;
      });
      request.on('error', fail);
      request.on('response', (response) => void readAnswer(response).then(resolve, fail));
      request.end(body);
    });
}

async function readAnswer(response: IncomingMessage): Promise<HttpOutcome> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > longestAnswer) throw new Error('The answer is too long.');
    chunks.push(bytes);
  }
  const retryAfterMs = retryAfterOf(response.headers['retry-after'], Date.now());
  return {
    kind: 'answer',
    status: response.statusCode ?? 0,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

/** RFC 9110 10.2.3: whole seconds, or a date. */
function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Only codes: a sentence could repeat an address. */
function codeOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'timed-out';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'connection-failed';
}
