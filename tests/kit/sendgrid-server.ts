import { appendFileSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../../examples/online-retail/random.ts';
import { logOf, searchLogs } from './sendgrid/email-logs.ts';
import { callbackPlans, openEventWebhook, type CallbackPlan } from './sendgrid/event-webhook.ts';
import { eventsOf, type EventBody, type Fate } from './sendgrid/events.ts';
import { readMailBody, Refusal } from './sendgrid/mail-body.ts';
import { webhookKey, type WebhookKey } from './sendgrid/signed-post.ts';
import { takeMail, type TakenMail } from './sendgrid/taken-mail.ts';

/** What the server does to a mail. Those with `after` take it and then do not say so. */
export const sendgridMoods = [
  'accept',
  'answer-late',
  'throttle',
  'throttle-until-reset',
  'throttle-without-a-word',
  'hang-before',
  'hang-after',
  'reset-before',
  'reset-after',
  'truncate-after',
  'truncate-refusal',
  'no-id-after',
  'fail-before',
  'fail-after',
  'redirect',
] as const;
export type SendgridMood = (typeof sendgridMoods)[number] | { readonly refuse: number };

export interface SendgridServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Where events are posted to. Default: nowhere. */
  readonly webhook?: string;
  /** Default `once`. */
  readonly callbacks?: CallbackPlan;
  /** Of events that are late, in milliseconds. Default 300. */
  readonly delayMs?: number;
  /** Signs the events. Default: a new one. */
  readonly key?: WebhookKey;
  /** Default: the system's clock. */
  readonly now?: () => number;
  /** The share of mails that meet a mood drawn by `seed` instead, from 0 to 1. */
  readonly mishaps?: { readonly share: number; readonly seed: number };
  /** Told of each mail that was taken, before the answer. */
  readonly onTaken?: (mail: TakenMail) => void;
}

export interface SendgridServer {
  readonly url: string;
  readonly apiKey: string;
  /** What a shop sets as `SENDGRID_WEBHOOK_KEY`. */
  readonly webhookKey: string;
  readonly key: WebhookKey;
  /** What it has taken responsibility for, whatever it answered. */
  readonly taken: readonly TakenMail[];
  /** How many requests to send a mail came in at all. */
  readonly requests: number;
  /** The URLs and headers of all requests: what a proxy on the way could log. */
  readonly seenOnTheWay: readonly string[];
  /** The moods of the next mails, one each; the last one stays. */
  setMood(...moods: SendgridMood[]): void;
  /** What the key may do. */
  setScopes(scopes: readonly string[]): void;
  setCallbacks(plan: CallbackPlan): void;
  /** What becomes of mails to an address from now on. Default: delivered. */
  setFate(to: string, fate: Fate): void;
  /** Posts events of the test's own making. */
  post(events: readonly EventBody[]): void;
  /** Waits until every event is out. */
  calledBack(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the local server; nobody's secret. */
export const sendgridApiKey = 'SG.local.local';

const anyMishap = sendgridMoods.filter((mood) => mood !== 'accept' && !mood.startsWith('hang'));

/** SendGrid on this machine: mail, logs and scopes as its specification has them, and event webhooks signed as it does. */
export async function startSendgridServer(options: SendgridServerOptions = {}): Promise<SendgridServer> {
  const { mishaps, onTaken, now = Date.now, key = webhookKey() } = options;
  const webhook = openEventWebhook({
    url: options.webhook,
    key,
    plan: options.callbacks ?? 'once',
    delayMs: options.delayMs ?? 300,
    now,
  });
  const random = createRandom(mishaps?.seed ?? 1);
  const taken: TakenMail[] = [];
  const seenOnTheWay: string[] = [];
  const fateOf = new Map<string, Fate>();
  let moods: SendgridMood[] = ['accept'];
  let requests = 0;
  let scopes: readonly string[] = ['mail.send'];

  function nextMood(): SendgridMood {
    if (mishaps !== undefined && random.chance(mishaps.share)) {
      return random.pick(anyMishap.map((mood) => [mood, 1] as const));
    }
    return (moods.length > 1 ? moods.shift() : moods[0]) ?? 'accept';
  }

  function take(body: string): string {
    const mails = takeMail(readMailBody(body), now());
    for (const mail of mails) {
      taken.push(mail);
      onTaken?.(mail);
      webhook.post(eventsOf(mail, fateOf.get(mail.to) ?? 'delivered'));
    }
    return mails[0]?.id ?? '';
  }

  async function sendMail(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const mood = nextMood();
    const body = await text(request);
    if (body.length > 30_000_000) throw new Refusal(413, 'content too large');
    if (request.headers['content-type'] !== 'application/json') {
      throw new Refusal(415, 'Content-Type should be application/json.');
    }
    if (typeof mood === 'object') throw new Refusal(mood.refuse, 'refused', 'personalizations.0.to.0.email');
    readMailBody(body);
    const accept = () => response.writeHead(202, { 'X-Message-Id': take(body) });
    switch (mood) {
      case 'accept':
        return void accept().end();
      case 'answer-late': {
        const id = take(body);
        await sleep(300);
        return void response.writeHead(202, { 'X-Message-Id': id }).end();
      }
      case 'throttle':
        response.setHeader('Retry-After', '7');
        throw new Refusal(429, 'too many requests');
      case 'throttle-until-reset':
        response.setHeader('X-RateLimit-Reset', String(Math.floor(Date.now() / 1000) + 20));
        throw new Refusal(429, 'too many requests');
      case 'throttle-without-a-word':
        throw new Refusal(429, 'too many requests');
      case 'hang-after':
        take(body);
        return;
      case 'hang-before':
        return;
      case 'reset-after':
        take(body);
        return void request.socket.resetAndDestroy();
      case 'reset-before':
        return void request.socket.resetAndDestroy();
      case 'truncate-after':
        response.setHeader('Content-Length', '20');
        return void accept().write('{"half":', () => request.socket.destroy());
      case 'truncate-refusal':
        response.setHeader('Content-Length', '20');
        return void response.writeHead(400).write('{"err', () => request.socket.destroy());
      case 'no-id-after':
        take(body);
        return void response.writeHead(202).end();
      case 'fail-after':
        take(body);
        throw new Refusal(500, 'internal server error');
      case 'fail-before':
        throw new Refusal(503, 'unavailable');
      case 'redirect':
        return void response.writeHead(307, { Location: '/v3/mail/send' }).end();
      default:
        return mood satisfies never;
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/' } = request;
    seenOnTheWay.push(`${method} ${url} ${request.rawHeaders.join(' ')}`);
    if (request.headers.authorization !== `Bearer ${sendgridApiKey}`) {
      throw new Refusal(401, 'The provided authorization grant is invalid, expired, or revoked');
    }
    if (method === 'POST' && url === '/v3/mail/send') return sendMail(request, response);
    if (method === 'POST' && url === '/v3/logs')
      return reply(response, searchLogs(taken, await text(request)));
    if (method === 'GET' && url === '/v3/scopes') return reply(response, { scopes });
    const mail = taken.find(({ sgMessageId }) => url === `/v3/logs/${encodeURIComponent(sgMessageId)}`);
    if (method === 'GET' && mail !== undefined) return reply(response, logOf(mail));
    throw new Refusal(404, 'not found');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { status, message, field } =
        error instanceof Refusal
          ? error
          : new Refusal(500, error instanceof Error ? error.message : 'failed');
      reply(response, { errors: [{ message, field, help: null }] }, status);
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    apiKey: sendgridApiKey,
    webhookKey: key.publicKey,
    key,
    taken,
    get requests() {
      return requests;
    },
    seenOnTheWay,
    setMood(...next) {
      moods = next;
    },
    setScopes(next) {
      scopes = next;
    },
    setCallbacks: (plan) => webhook.setPlan(plan),
    setFate: (to, fate) => void fateOf.set(to, fate),
    post: (events) => webhook.post(events),
    calledBack: () => webhook.emptied(),
    async close() {
      webhook.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function reply(response: ServerResponse, body: object, status = 200): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(json),
  });
  response.end(json);
}

/**
 * `node --import tsx tests/kit/sendgrid-server.ts --port 4020 --webhook http://127.0.0.1:8080/hooks/sendgrid` writes one
 * line of JSON with what the shop has to set, then one for each mail that it takes; with `--log`, to a file.
 * `--key` names a file with the private key of the webhook, so that the public one outlives a restart.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4020' },
      webhook: { type: 'string' },
      callbacks: { type: 'string', default: 'once' },
      delay: { type: 'string', default: '300' },
      mood: { type: 'string', default: 'accept' },
      mishaps: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      key: { type: 'string' },
      log: { type: 'string' },
    },
  });
  const callbacks = callbackPlans.find((each) => each === values.callbacks);
  const mood = sendgridMoods.find((each) => each === values.mood);
  if (callbacks === undefined || mood === undefined) {
    throw new Error(
      `--callbacks is one of ${callbackPlans.join(', ')}; --mood one of ${sendgridMoods.join(', ')}.`,
    );
  }
  const { log } = values;
  const write = (line: object) => {
    const json = JSON.stringify(line);
    if (log === undefined) console.log(json);
    else appendFileSync(log, `${json}\n`);
  };
  const server = await startSendgridServer({
    port: Number(values.port),
    callbacks,
    delayMs: Number(values.delay),
    mishaps: { share: Number(values.mishaps), seed: Number(values.seed) },
    ...(values.webhook === undefined ? {} : { webhook: values.webhook }),
    ...(values.key === undefined ? {} : { key: webhookKey(readFileSync(values.key, 'utf8')) }),
    onTaken: ({ id, sendId, to, at }) => write({ id, sendId, to, at }),
  });
  server.setMood(mood);
  const { url, apiKey, webhookKey: publicKey } = server;
  console.log(
    JSON.stringify({ SENDGRID_BASE_URL: url, SENDGRID_API_KEY: apiKey, SENDGRID_WEBHOOK_KEY: publicKey }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
