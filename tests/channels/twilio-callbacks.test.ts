import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Notice, ReceiptReading } from '../../delivery/channels/receipts.ts';
import { createTwilioSms } from '../../delivery/channels/sms/create-twilio-sms.ts';
import { createTwilioReceipts } from '../../delivery/channels/twilio/create-twilio-receipts.ts';
import type { CallbackPlan } from '../kit/twilio/callbacks.ts';
import { startTwilioServer, twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';
import { outgoingSms } from './outgoing.ts';
import { connectTo } from './twilio-channels.ts';

/** A shop that does nothing but listen, and reads what it hears as the shop does. */
interface Listener {
  readonly url: string;
  readonly readings: ReceiptReading[];
  readonly server: Server;
}

async function listen(): Promise<Listener> {
  const receipts = createTwilioReceipts({ ...twilioAccount, connection: 'twilio-sms' });
  const readings: ReceiptReading[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((rawBody) => {
      const headers = { 'x-twilio-signature': request.headers['x-twilio-signature']?.toString() };
      readings.push(receipts.read({ rawBody, headers, url: `${url}${request.url}`, now: Date.now() }));
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, readings, server };
}

let twilio: TwilioServer;
let shop: Listener;
beforeEach(async () => {
  twilio = await startTwilioServer({ delayMs: 50 });
  shop = await listen();
});
afterEach(async () => {
  await twilio.close();
  shop.server.close();
});

const send = async (outgoing = outgoingSms('Your cart waits')) => {
  const { messagingServiceSid } = twilioAccount;
  const channel = createTwilioSms({ twilio: connectTo(twilio), messagingServiceSid, publicUrl: shop.url });
  return { outgoing, answer: await channel.send(outgoing, AbortSignal.timeout(5000)) };
};

/** What the shop was told; a callback that it would refuse fails the test. */
const heard = (): readonly Notice[] =>
  shop.readings.flatMap((reading) => {
    if (reading.kind === 'refused') throw new Error(`A callback was refused as ${reading.why}.`);
    return reading.notices;
  });

describe('the callbacks of a message', () => {
  it.each<[CallbackPlan, readonly string[]]>([
    ['once', ['sent', 'delivered']],
    ['twice', ['sent', 'sent', 'delivered', 'delivered']],
    ['reversed', ['delivered', 'sent']],
    ['late', ['sent', 'delivered']],
    ['never', []],
  ])('come %s, signed, with the send id', async (plan, kinds) => {
    twilio.setCallbacks(plan);
    const { outgoing, answer } = await send();
    await twilio.calledBack();
    expect(heard().map(({ kind }) => kind)).toEqual(kinds);
    expect(new Set(heard().map(({ sendId }) => sendId))).toEqual(
      new Set(kinds.length > 0 ? [outgoing.sendId] : []),
    );
    for (const { providerId } of heard()) expect(answer).toMatchObject({ providerId });
  });

  it('are the same notices when they come twice', async () => {
    twilio.setCallbacks('twice');
    await send();
    await twilio.calledBack();
    expect(new Set(heard().map(({ id }) => id)).size).toBe(2);
  });

  it('settle a message whose answer was lost', async () => {
    twilio.setMood('fail-after');
    const { outgoing, answer } = await send();
    expect(answer.kind).toBe('ambiguous');
    await twilio.calledBack();
    expect(heard()).toMatchObject([
      { kind: 'sent', sendId: outgoing.sendId, providerId: twilio.taken[0]?.sid },
      { kind: 'delivered', sendId: outgoing.sendId },
    ]);
  });

  it('say what went wrong on the way', async () => {
    twilio.setFate('+447700900123', { status: 'undelivered', errorCode: 30005 });
    await send();
    await twilio.calledBack();
    expect(heard()).toMatchObject([
      { kind: 'sent' },
      { kind: 'failed', code: '30005', class: 'bad-address' },
    ]);
  });
});

it('hands on what a customer writes', async () => {
  const url = `${shop.url}/hooks/twilio-sms`;
  await twilio.write({ from: '+447700900123', to: '+15005550006', body: 'Is it still there? 🛒', url });
  expect(heard()).toMatchObject([
    { kind: 'inbound', channel: 'sms', from: '+447700900123', text: 'Is it still there? 🛒' },
  ]);
});
