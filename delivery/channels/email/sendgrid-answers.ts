import { accepted, ambiguous, rejected, throttled, type Acceptance } from '../channel.ts';

/** What SendGrid answered, as far as it matters: bodies are read for the name of a field only, they repeat addresses. */
export interface SendgridAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/**
 * `refused`: this message, for good. `connection`: every message, until somebody mends the account; nothing is lost.
 * `unknown`: it may have been accepted.
 */
type Meaning = 'accepted' | 'refused' | 'connection' | 'throttled' | 'unknown';

interface Row {
  readonly means: Meaning;
  readonly because: string;
  readonly source: string;
}

const schema = 'github twilio/sendgrid-oai spec/json/tsg_mail_v3.json, PostMailSend';
const guide = 'static1.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/responses';
const limits = 'static1.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits';
const http = 'RFC 9110 15';

/** Each status that `POST /v3/mail/send` is known to answer with (providers reference 1.2; read 2026-11-22). */
export const sendgridStatuses: Readonly<Record<number, Row>> = {
  202: { means: 'accepted', because: 'accepted, to be delivered', source: schema },
  400: { means: 'refused', because: 'a field of the body is wrong', source: schema },
  401: { means: 'connection', because: 'the key is wrong, or "Maximum credits exceeded"', source: guide },
  403: { means: 'connection', because: 'the sender is not verified, or the key is blocked', source: guide },
  404: { means: 'refused', because: 'there is no such path', source: schema },
  405: { means: 'refused', because: 'the path does not take a POST', source: schema },
  406: { means: 'refused', because: 'the answer cannot be had in that form', source: guide },
  408: {
    means: 'unknown',
    because: 'the request was too slow, and part of it may have been read',
    source: http,
  },
  409: { means: 'unknown', because: 'it clashes with another: perhaps with itself', source: http },
  413: { means: 'refused', because: 'the message is larger than 30 MB', source: schema },
  415: { means: 'refused', because: 'the body is not JSON', source: guide },
  425: { means: 'unknown', because: 'it was replayed on its way', source: 'RFC 8470 5.2' },
  429: { means: 'throttled', because: 'too many requests', source: limits },
};

/** A parsed 4xx is a refusal; whatever else comes, an intermediary may have come between (providers reference 4.3). */
function meaningOf(status: number): Meaning {
  const isClientError = status >= 400 && status < 500;
  return sendgridStatuses[status]?.means ?? (isClientError ? 'refused' : 'unknown');
}

/** What an answer proves. */
export function acceptanceOfAnswer(answer: SendgridAnswer): Acceptance {
  const { status, headers, body } = answer;
  const meaning = meaningOf(status);
  switch (meaning) {
    case 'accepted': {
      const id = headers['x-message-id'];
      return id === undefined || id === '' ? ambiguous('202 without an id') : accepted(id);
    }
    case 'refused':
      return rejected([status, fieldOf(body)].filter(Boolean).join(' '), true);
    case 'connection':
      return rejected(`${status}`, false);
    case 'throttled':
      return throttled(waitOf(headers), `${status}`);
    case 'unknown':
      return ambiguous(`${status}`);
    default:
      return meaning satisfies never;
  }
}

const second = 1000;
const usualWait = 60 * second;
const longestWait = 3600 * second;

/**
 * Until the limit is lifted, in milliseconds. The reset is an instant by the provider's clock, so it is read against the
 * provider's own `Date`: ours may be another time, or a world's.
 */
function waitOf(headers: SendgridAnswer['headers']): number {
  const retryAfter = secondsOf(headers['retry-after']);
  const reset = secondsOf(headers['x-ratelimit-reset']);
  const date = Date.parse(headers['date'] ?? '');
  const untilReset = reset === undefined || Number.isNaN(date) ? undefined : reset * second - date;
  const wait = retryAfter === undefined ? untilReset : retryAfter * second;
  return wait === undefined ? usualWait : Math.min(longestWait, Math.max(second, wait));
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,12}$/.test(header) ? Number(header) : undefined;
}

const fieldName = /^[a-z0-9_.[\]-]{1,80}$/i;

/** The field that SendGrid complains about, such as `personalizations.0.to.0.email`. Its sentence stays out: it quotes. */
function fieldOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return;
  const [first]: unknown[] = body.errors;
  if (typeof first !== 'object' || first === null || !('field' in first)) return;
  const { field } = first;
  return typeof field === 'string' && field !== 'null' && fieldName.test(field) ? field : undefined;
}
