import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCreateParameters, Refusal } from './create-parameters.ts';
import { twilioAccount, type LocalAccount } from './local-account.ts';
import { reply, replyInPart } from './reply.ts';
import { resourceOf } from './taken-message.ts';

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

const lateMs = 300;

/** `POST …/Messages.json`. @throws Refusal */
export async function answerCreate(
  account: LocalAccount,
  mood: TwilioMood,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams(await text(request));
  if (typeof mood === 'object') throw new Refusal(mood.refuse, 'Refused', mood.status);
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw new Refusal(20001, 'The body must be a form');
  }
  const parameters = readCreateParameters(form);
  const take = () => resourceOf(account.take(parameters), twilioAccount.accountSid);

  switch (mood) {
    case 'accept':
      return reply(response, 201, take());
    case 'answer-late':
      await sleep(lateMs);
      return reply(response, 201, take());
    case 'throttle':
      response.setHeader('Retry-After', '7');
      throw new Refusal(20429, 'Too Many Requests', 429);
    case 'hang-before':
      return;
    case 'hang-after':
      return void take();
    case 'reset-before':
      return void request.socket.resetAndDestroy();
    case 'reset-after':
      take();
      return void request.socket.resetAndDestroy();
    case 'truncate-after':
      return replyInPart(response, 201, take());
    case 'gibberish-after':
      take();
      return void response.writeHead(201, { 'Content-Type': 'text/html' }).end('<html>OK</html>');
    case 'fail-before':
      throw new Refusal(20500, 'Internal Server Error', 500);
    case 'fail-after':
      take();
      throw new Refusal(20500, 'Internal Server Error', 500);
    case 'redirect':
      return void response.writeHead(307, { Location: request.url }).end();
    default:
      return mood satisfies never;
  }
}
