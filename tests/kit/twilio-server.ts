import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { callbackPlans, liveThrough, type CallbackPlan, type Fate } from './twilio/callbacks.ts';
import {
  approvalResource,
  contentResource,
  createContent,
  fillContent,
  type Content,
} from './twilio/content-resource.ts';
import { readCreateParameters, Refusal, type CreateParameters } from './twilio/create-parameters.ts';
import { postSigned } from './twilio/signed-post.ts';
import { newSid, resourceOf, takeMessage, type TakenMessage } from './twilio/taken-message.ts';

/** What the server does to a request for a message. Those with `after` take the message and then do not say so. */
export const twilioMoods = [
  'accept',
  'answer-late',
  'throttle',
  'hang-before',
  'hang-after',
  'reset-before',
  'reset-after',
  'truncate-after',
  'gibberish-after',
  'fail-before',
  'fail-after',
  'redirect',
] as const;
export type TwilioMood = (typeof twilioMoods)[number] | { readonly refuse: number; readonly status?: number };

export interface TwilioServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Default `once`. */
  readonly callbacks?: CallbackPlan;
  /** Of callbacks that are late, in milliseconds. Default 300. */
  readonly delayMs?: number;
  /** Told of every message that was taken. */
  readonly onTaken?: (message: TakenMessage) => void;
}

export interface Inbound {
  /** `+447700900123`, or `whatsapp:+447700900123`. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Where the shop listens. */
  readonly url: string;
  /** The message that this answers, on WhatsApp. */
  readonly repliesTo?: string;
}

export interface TwilioServer {
  readonly url: string;
  /** What it has taken responsibility for, whatever it answered. */
  readonly taken: readonly TakenMessage[];
  /** How many requests for a message came in at all. */
  readonly requests: number;
  /** The moods of the next requests, one each; the last one stays. */
  setMood(...moods: TwilioMood[]): void;
  setCallbacks(plan: CallbackPlan): void;
  /** What becomes of messages to a number from now on. Default: delivered. */
  setFate(to: string, fate: Fate): void;
  addContent(content: Partial<Content> & Pick<Content, 'name' | 'body'>): Content;
  /** A customer writes: STOP and START move the number on and off the list of 21610. Answers with the shop's status. */
  write(inbound: Inbound): Promise<number>;
  /** Ends idle connections, as servers do. */
  dropConnections(): void;
  /** Waits until every status callback is out. */
  calledBack(): Promise<void>;
  close(): Promise<void>;
}

/** The one account of the local server; nobody's secret. */
export const twilioAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'fedcba9876543210'.repeat(2),
  messagingServiceSid: `MG${'0123456789abcdef'.repeat(2)}`,
  whatsAppFrom: '+14155238886',
} as const;

const keywords: Readonly<Record<string, 'STOP' | 'START' | 'HELP'>> = {
  stop: 'STOP',
  unsubscribe: 'STOP',
  cancel: 'STOP',
  start: 'START',
  unstop: 'START',
  help: 'HELP',
};

/** Twilio on this machine: the Messages and Content API as the specification has them, and webhooks signed as Twilio does. */
export async function startTwilioServer(options: TwilioServerOptions = {}): Promise<TwilioServer> {
  const { accountSid, authToken } = twilioAccount;
  const { delayMs = 300, onTaken } = options;
  let plan = options.callbacks ?? 'once';
  let moods: TwilioMood[] = ['accept'];
  let requests = 0;
  const taken: TakenMessage[] = [];
  const fates = new Map<string, Fate>();
  const contents = new Map<string, Content>();
  const stopped = new Set<string>();
  const lives = new Set<Promise<void>>();
  const closing = new AbortController();

  function take(parameters: CreateParameters): TakenMessage {
    if (stopped.has(parameters.to)) throw new Refusal(21610, 'Attempt to send to unsubscribed recipient');
    const message = takeMessage(parameters, wordsOf(parameters), Date.now());
    taken.push(message);
    onTaken?.(message);
    const fate = fates.get(parameters.to) ?? { status: 'delivered' };
    const life = liveThrough(message, fate, twilioAccount, { plan, delayMs });
    lives.add(life);
    void life.finally(() => lives.delete(life));
    return message;
  }

  function wordsOf({ body, contentSid, contentVariables = {} }: CreateParameters): string {
    if (body !== undefined) return body;
    const content = contents.get(contentSid ?? '');
    if (content === undefined) throw new Refusal(21655, 'The ContentSid is invalid');
    if (content.status !== 'approved') throw new Refusal(63040, 'Template rejected or paused');
    return fillContent(content, contentVariables);
  }

  async function createMessage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const form = new URLSearchParams(await text(request));
    const mood = (moods.length > 1 ? moods.shift() : moods[0]) ?? 'accept';
    if (typeof mood === 'object') throw new Refusal(mood.refuse, 'Refused', mood.status);
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      throw new Refusal(20001, 'The body must be a form');
    }
    const parameters = readCreateParameters(form);
    const created = () => resourceOf(take(parameters), accountSid);
    switch (mood) {
      case 'accept':
        return reply(response, 201, created());
      case 'answer-late':
        await sleep(300);
        return reply(response, 201, created());
      case 'throttle':
        response.setHeader('Retry-After', '7');
        throw new Refusal(20429, 'Too Many Requests', 429);
      case 'hang-after':
        created();
        return;
      case 'hang-before':
        return;
      case 'reset-after':
        created();
        return void request.socket.resetAndDestroy();
      case 'reset-before':
        return void request.socket.resetAndDestroy();
      case 'truncate-after':
        return truncate(response, created());
      case 'gibberish-after':
        created();
        return void response.writeHead(201, { 'Content-Type': 'text/html' }).end('<html>OK</html>');
      case 'fail-after':
        created();
        throw new Refusal(20500, 'Internal Server Error', 500);
      case 'fail-before':
        throw new Refusal(20500, 'Internal Server Error', 500);
      case 'redirect':
        return void response.writeHead(307, { Location: request.url }).end();
      default:
        return mood satisfies never;
    }
  }

  function list(query: URLSearchParams): object {
    const size = Number(query.get('PageSize') ?? 50);
    const messages = taken
      .filter(({ to, from }) => to === (query.get('To') ?? to) && from === (query.get('From') ?? from))
      .toReversed()
      .slice(0, size)
      .map((message) => resourceOf(message, accountSid));
    return {
      messages,
      page: 0,
      page_size: size,
      next_page_uri: null,
      uri: '',
      first_page_uri: '',
      start: 0,
      end: 0,
    };
  }

  function contentPage(query: URLSearchParams, base: string): object {
    const size = Number(query.get('PageSize') ?? 50);
    const page = Number(query.get('Page') ?? 0);
    const all = [...contents.values()];
    const next = (page + 1) * size < all.length ? `${base}?PageSize=${size}&Page=${page + 1}` : null;
    return {
      contents: all.slice(page * size, (page + 1) * size).map((content) => ({
        ...contentResource(content, accountSid),
        approval_requests: content.status === 'unsubmitted' ? {} : approvalResource(content),
      })),
      meta: { key: 'contents', page, page_size: size, next_page_url: next, previous_page_url: null },
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://twilio.test');
    const basic = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    if (request.headers.authorization !== basic) throw new Refusal(20003, 'Authenticate', 401);

    const messages = `/2010-04-01/Accounts/${accountSid}/Messages`;
    if (pathname === `${messages}.json`) {
      return request.method === 'POST'
        ? createMessage(request, response)
        : reply(response, 200, list(searchParams));
    }
    if (pathname === `/2010-04-01/Accounts/${accountSid}.json`) {
      return reply(response, 200, {
        sid: accountSid,
        status: 'active',
        type: 'Full',
        friendly_name: 'Local',
      });
    }
    if (pathname === `/v1/Services/${twilioAccount.messagingServiceSid}`) {
      return reply(response, 200, { sid: twilioAccount.messagingServiceSid, account_sid: accountSid });
    }
    const message = taken.find(({ sid }) => pathname === `${messages}/${sid}.json`);
    if (message !== undefined) return reply(response, 200, resourceOf(message, accountSid));
    if (pathname === '/v1/ContentAndApprovals') {
      return reply(response, 200, contentPage(searchParams, `https://content.twilio.com${pathname}`));
    }
    const [, sid = '', approvals] =
      /^\/v1\/Content\/(HX[0-9a-f]{32})(\/ApprovalRequests)?$/.exec(pathname) ?? [];
    const content = contents.get(sid);
    if (content === undefined) throw new Refusal(20404, 'The requested resource was not found', 404);
    const resource = contentResource(content, accountSid);
    return reply(
      response,
      200,
      approvals === undefined
        ? resource
        : { sid, account_sid: accountSid, whatsapp: approvalResource(content) },
    );
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(20500, String(error), 500);
      const { status, code, message } = refusal;
      reply(response, status, {
        code,
        message,
        more_info: `https://www.twilio.com/docs/errors/${code}`,
        status,
      });
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    get requests() {
      return requests;
    },
    setMood(...next) {
      moods = next;
    },
    setCallbacks(next) {
      plan = next;
    },
    setFate: (to, fate) => void fates.set(to, fate),
    addContent(content) {
      const added = createContent(content);
      contents.set(added.sid, added);
      return added;
    },
    async write({ from, to, body, url, repliesTo }) {
      const sid = newSid('SM');
      const keyword = keywords[body.trim().toLowerCase()];
      if (keyword === 'STOP') stopped.add(from);
      if (keyword === 'START') stopped.delete(from);
      const isWhatsApp = from.startsWith('whatsapp:');
      return postSigned(authToken, url, {
        ToCountry: 'GB',
        SmsMessageSid: sid,
        NumMedia: '0',
        FromCountry: 'GB',
        SmsStatus: 'received',
        ...(isWhatsApp ? { WaId: from.slice(10), ProfileName: 'Mina', MessageType: 'text' } : {}),
        Body: body,
        To: to,
        NumSegments: '1',
        MessageSid: sid,
        AccountSid: accountSid,
        From: from,
        ApiVersion: '2010-04-01',
        ...(keyword === undefined ? {} : { OptOutType: keyword }),
        ...(repliesTo === undefined ? {} : { OriginalRepliedMessageSid: repliesTo }),
      });
    },
    dropConnections: () => server.closeIdleConnections(),
    async calledBack() {
      await Promise.all(lives);
    },
    async close() {
      closing.abort();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(json),
  });
  response.end(json);
}

function truncate(response: ServerResponse, body: object): void {
  const json = JSON.stringify(body);
  response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) });
  response.write(json.slice(0, json.length / 2), () => response.socket?.destroy());
}

/** `node --import tsx tests/kit/twilio-server.ts --port 4010`: writes one line of JSON for each message that it takes. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4010' },
      callbacks: { type: 'string', default: 'once' },
      delay: { type: 'string', default: '300' },
      mood: { type: 'string', default: 'accept' },
    },
  });
  const callbacks = callbackPlans.find((each) => each === values.callbacks);
  const mood = twilioMoods.find((each) => each === values.mood);
  if (callbacks === undefined || mood === undefined) {
    throw new Error(
      `--callbacks is one of ${callbackPlans.join(', ')}; --mood one of ${twilioMoods.join(', ')}.`,
    );
  }
  const server = await startTwilioServer({
    port: Number(values.port),
    callbacks,
    delayMs: Number(values.delay),
    onTaken: ({ sid, sendId, to, at }) => console.log(JSON.stringify({ sid, sendId, to, at })),
  });
  server.setMood(mood);
  console.log(JSON.stringify({ ...twilioAccount, url: server.url }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
