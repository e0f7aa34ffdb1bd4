import type { AsyncLocalStorage } from 'node:async_hooks';
import twilio from 'twilio';
import type { HttpOutcome } from './http-outcome.ts';
import { createRequestOnce, type RequestOnce } from './one-request.ts';
import type { TwilioAccount } from './twilio-account.ts';

/** Goes beside one call of the client: what may end it, and how its latest request ended. */
export interface Exchange {
  readonly signal: AbortSignal;
  outcome: HttpOutcome;
}

type RequestOptions = Parameters<twilio.RequestClient['request']>[0];
type Answer<T> = Awaited<ReturnType<typeof twilio.RequestClient.prototype.request<T>>>;
/** What the maker's client calls fields; it leaves them untyped. */
type Fields = Readonly<Record<string, unknown>>;

/** Twilio's own client with an HTTP client of ours below it, since its own has no signal, no base URL and no `Retry-After`. */
export function createTwilioClient(
  { accountSid, authToken, baseUrl }: TwilioAccount,
  exchanges: AsyncLocalStorage<Exchange>,
): twilio.Twilio {
  const httpClient = new HttpClient(exchanges, createRequestOnce(), baseUrl);
  return twilio(accountSid, authToken, { httpClient });
}

/** The maker's client has no room for a signal, so it travels beside the call. */
class HttpClient extends twilio.RequestClient {
  readonly #exchanges: AsyncLocalStorage<Exchange>;
  readonly #requestOnce: RequestOnce;
  readonly #baseUrl: string | undefined;

  constructor(exchanges: AsyncLocalStorage<Exchange>, requestOnce: RequestOnce, baseUrl?: string) {
    super();
    this.#exchanges = exchanges;
    this.#requestOnce = requestOnce;
    this.#baseUrl = baseUrl;
  }

  override async request<T>(options: RequestOptions): Promise<Answer<T>> {
    const exchange = this.#exchanges.getStore();
    if (exchange === undefined) throw new TypeError('A request to Twilio is made through ask().');
    exchange.outcome = await this.#requestOnce({
      method: options.method.toUpperCase(),
      url: addressOf(options, this.#baseUrl),
      headers: { ...options.headers, ...authorizationOf(options) },
      ...(isFields(options.data) ? { body: formOf(options.data) } : {}),
      signal: exchange.signal,
    });
    const { outcome } = exchange;
    if (outcome.kind !== 'answer') throw new Error(outcome.code);
    return { statusCode: outcome.status, body: JSON.parse(outcome.text), headers: {} };
  }
}

/** The path below `baseUrl`; `https://api.twilio.com/2010-04-01/…` as `http://127.0.0.1:4010/2010-04-01/…`. */
function addressOf({ uri, params }: RequestOptions, baseUrl: string | undefined): URL {
  const url = new URL(uri);
  const fields: Fields = { ...params };
  for (const [name, value] of new URLSearchParams(formOf(fields))) url.searchParams.append(name, value);
  return baseUrl === undefined ? url : new URL(`${baseUrl}${url.pathname}${url.search}`);
}

function authorizationOf({ username = '', password = '' }: RequestOptions): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function isFields(data: unknown): data is Fields {
  return typeof data === 'object' && data !== null;
}

function formOf(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null) form.append(name, String(each));
    }
  }
  return form.toString();
}
