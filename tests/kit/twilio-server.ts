import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { answerCreate, twilioMoods, type TwilioMood } from './twilio/answer-create.ts';
import { resourceAt } from './twilio/answer-get.ts';
import { callbackPlans, type CallbackPlan, type Fate } from './twilio/callbacks.ts';
import type { Content } from './twilio/content-resource.ts';
import { Refusal } from './twilio/create-parameters.ts';
import { inboundParameters, keywordOf, type Inbound } from './twilio/inbound.ts';
import { LocalAccount, twilioAccount } from './twilio/local-account.ts';
import { reply, replyRefused } from './twilio/reply.ts';
import { postSigned } from './twilio/signed-post.ts';
import type { TakenMessage } from './twilio/taken-message.ts';
import { writtenTemplates } from './twilio/written-templates.ts';

export { twilioAccount } from './twilio/local-account.ts';
export type { TwilioMood } from './twilio/answer-create.ts';

export interface TwilioServerOptions {
  /** Default: a free one. */
  readonly port?: number;
  /** Default `once`. */
  readonly callbacks?: CallbackPlan;
  /** Of callbacks that are late, in milliseconds. Default 300. */
  readonly delayMs?: number;
  /** By which it dates messages, in epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number;
  /** Templates that it has approved by the time it is asked about templates. Default: only those that were added. */
  readonly approved?: () => Promise<readonly Content[]>;
  /** Told of every message that was taken. */
  readonly onTaken?: (message: TakenMessage) => void;
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

const { accountSid, authToken } = twilioAccount;
const basic = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** Twilio on this machine: the Messages and Content API as the specification has them, and webhooks signed as Twilio does. */
export async function startTwilioServer(options: TwilioServerOptions = {}): Promise<TwilioServer> {
  const { port: wanted = 0, callbacks = 'once', delayMs = 300, now = Date.now, approved, onTaken } = options;
  const account = new LocalAccount({
    callbacks,
    delayMs,
    now,
    ...(onTaken === undefined ? {} : { onTaken }),
  });
  let moods: TwilioMood[] = ['accept'];
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://api.twilio.com');
    if (request.headers.authorization !== basic) throw new Refusal(20003, 'Authenticate', 401);
    if (request.method === 'GET') {
      if (url.pathname === '/v1/ContentAndApprovals') await approve();
      return reply(response, 200, resourceAt(url, account));
    }
    if (url.pathname !== `/2010-04-01/Accounts/${accountSid}/Messages.json`) {
      throw new Refusal(20404, 'The requested resource was not found', 404);
    }
    requests += 1;
    const mood = (moods.length > 1 ? moods.shift() : moods[0]) ?? 'accept';
    return answerCreate(account, mood, request, response);
  }

  async function approve(): Promise<void> {
    for (const content of (await approved?.()) ?? []) account.addContent(content);
  }

  await approve();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => replyRefused(response, error));
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    taken: account.taken,
    get requests() {
      return requests;
    },
    setMood: (...next) => {
      moods = next;
    },
    setCallbacks: (plan) => {
      account.callbacks = plan;
    },
    setFate: (to, fate) => void account.fates.set(to, fate),
    addContent: (content) => account.addContent(content),
    write: (inbound) => {
      const keyword = keywordOf(inbound);
      if (keyword === 'STOP') account.stopped.add(inbound.from);
      if (keyword === 'START') account.stopped.delete(inbound.from);
      return postSigned(authToken, inbound.url, inboundParameters(inbound));
    },
    dropConnections: () => server.closeIdleConnections(),
    calledBack: () => account.calledBack(),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const templatesFolder = fileURLToPath(new URL('../../templates', import.meta.url));

/**
 * `node --import tsx tests/kit/twilio-server.ts --port 4010`: writes one line of JSON for each message that it takes, and
 * has approved the WhatsApp templates of this checkout.
 */
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
    approved: () => writtenTemplates(templatesFolder),
    onTaken: ({ sid, sendId, to, at }) => console.log(JSON.stringify({ sid, sendId, to, at })),
  });
  server.setMood(mood);
  console.log(JSON.stringify({ url: server.url, ...twilioAccount }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
