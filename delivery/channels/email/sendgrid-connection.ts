import * as http from 'node:http';
import * as https from 'node:https';
import Client, { type ClientRequest } from '@sendgrid/client/src/classes/client.js';
import { onLeaving } from '../on-leaving.ts';
import type { SendgridAnswer } from './sendgrid-answers.ts';

export interface SendgridAccess {
  readonly apiKey: string;
  /** `https://api.sendgrid.com`, or `https://api.eu.sendgrid.com` for an account in the EU. */
  readonly baseUrl: string;
}

/** A way to one account, with sockets of its own. */
export interface SendgridConnection {
  /** A client for one request, which ends with `signal`. */
  open(signal: AbortSignal): OneRequest;
  close(): void;
}

export interface OneRequest {
  readonly client: Client;
  readonly signal: AbortSignal;
  /** False as long as no byte of the request can have left this machine. */
  mayHaveLeft(): boolean;
}

/**
 * Idle sockets are closed by us, before servers do it: nginx and Node wait five seconds or longer. A request that meets
 * its server's farewell is lost in a way that nobody can tell from an acceptance.
 */
const idleMs = 4000;
/** Answers are short. */
const longestAnswer = 1_000_000;

/**
 * SendGrid's client, with what it lacks: a limit in time, no redirects (it would send the whole message again to wherever
 * a 307 points), no proxy from the environment that nobody meant, and a watch on whether anything has left.
 */
export function openSendgrid(access: SendgridAccess, connections: number): SendgridConnection {
  const isSecure = access.baseUrl.startsWith('https:');
  const { Agent, request } = isSecure ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: idleMs });

  function open(signal: AbortSignal): OneRequest {
    let hasLeft = false;
    const watch = (sent: http.ClientRequest) => {
      onLeaving(sent, isSecure, () => {
        hasLeft = true;
      });
      return sent;
    };
    const client = new MailClient();
    client.setApiKey(access.apiKey);
    client.setDefaultRequest({
      baseUrl: access.baseUrl,
      signal,
      maxRedirects: 0,
      proxy: false,
      maxContentLength: longestAnswer,
      httpAgent: agent,
      httpsAgent: agent,
      transport: {
        request: (options: https.RequestOptions, answered: (answer: http.IncomingMessage) => void) =>
          watch(request(options, answered)),
      },
    });
    return { client, signal, mayHaveLeft: () => hasLeft };
  }

  return { open, close: () => agent.destroy() };
}

/** `@sendgrid/mail` repeats a mail's headers as headers of the request, where any proxy on the way may log them. */
class MailClient extends Client {
  override request({ url, method, body }: ClientRequest) {
    return super.request({ url, method, ...(body === undefined ? {} : { body }) });
  }
}

/**
 * The answer that an error of SendGrid's client, or of axios below it, carries. `undefined` when there was none, or not
 * all of it: one that broke off has its status and no body, and is no proof of anything.
 */
export function answerInError(error: unknown): SendgridAnswer | undefined {
  const response = propertyOf(error, 'response');
  const body = propertyOf(response, 'body') ?? propertyOf(response, 'data');
  const status = propertyOf(response, 'status') ?? propertyOf(error, 'code');
  if (typeof status !== 'number' || body === undefined) return undefined;
  return { status, headers: headersIn(propertyOf(response, 'headers')), body };
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Header names come in lower case; those that were sent twice are left out. */
export function headersIn(headers: unknown): SendgridAnswer['headers'] {
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
}

export function codeOfError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unexpected';
}
