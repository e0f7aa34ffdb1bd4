import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSendgridReceipts } from '../../../delivery/channels/email/create-sendgrid-receipts.ts';
import { createSendgrid } from '../../../delivery/channels/email/create-sendgrid.ts';
import { createTwilioSms } from '../../../delivery/channels/sms/create-twilio-sms.ts';
import { tellRefusals } from '../../../delivery/channels/tell-refusals.ts';
import { createTwilioReceipts } from '../../../delivery/channels/twilio/create-twilio-receipts.ts';
import { failureClassOfCode } from '../../../delivery/channels/twilio/twilio-errors.ts';
import { freePort } from '../../../engine/ports.ts';
import { hookRoutes } from '../../../http/hooks.ts';
import { connectTo } from '../../channels/twilio-channels.ts';
import { tenOClock } from '../../delivery/delivery-shop.ts';
import { startSendgridServer, type SendgridServer } from '../../kit/sendgrid-server.ts';
import { startTwilioServer, twilioAccount, type TwilioServer } from '../../kit/twilio-server.ts';
import { openInboxShop, type InboxShop } from './inbox-shop.ts';

/** The whole circle: delivery, provider on this machine, signed webhook, inbox, ledger. */

const now = () => tenOClock;
let sendgrid: SendgridServer;
let twilio: TwilioServer;
let shop: InboxShop;
let app: FastifyInstance;
let publicUrl = '';
let people = 0;

beforeAll(async () => {
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  sendgrid = await startSendgridServer({ webhook: `${publicUrl}/hooks/sendgrid`, now, delayMs: 150 });
  twilio = await startTwilioServer({ now, delayMs: 150 });
  const { messagingServiceSid } = twilioAccount;
  const sms = createTwilioSms({ twilio: connectTo(twilio), messagingServiceSid, publicUrl });
  shop = await openInboxShop({
    policy: { frequencyCaps: [] },
    channels: [
      createSendgrid({ apiKey: sendgrid.apiKey, baseUrl: sendgrid.url }),
      tellRefusals(sms, {
        classOf: failureClassOfCode,
        tell: (connection, notices) => shop.inbox.keep(connection, notices),
        clock: { now },
      }),
    ],
  });
  app = fastify();
  await app.register(
    hookRoutes({
      receipts: [
        createSendgridReceipts({ webhookKey: sendgrid.webhookKey }),
        createTwilioReceipts({ ...twilioAccount, connection: sms.connection }),
      ],
      keep: (connection, notices) => shop.inbox.keep(connection, notices),
      publicUrl,
      clock: { now },
    }),
  );
  await app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
});
afterAll(async () => {
  await Promise.all([sendgrid.calledBack(), twilio.calledBack()]);
  await app.close();
  await Promise.all([sendgrid.close(), twilio.close()]);
  await shop.close();
});

async function reader() {
  const email = `reader-${(people += 1)}@example.com`;
  return { email, customer: await shop.named(email, { email }) };
}

async function texter() {
  const phone = `+4477008${String((people += 1)).padStart(5, '0')}`;
  return { phone, customer: await shop.named(phone, { phone }) };
}

async function settled(): Promise<void> {
  await Promise.all([sendgrid.calledBack(), twilio.calledBack()]);
  await shop.inbox.drain();
}

describe('a message by SendGrid and by Twilio', () => {
  it.each(['once', 'twice', 'reversed', 'late'] as const)(
    'is known to have arrived when it is told %s',
    async (plan) => {
      sendgrid.setCallbacks(plan);
      twilio.setCallbacks(plan);
      const mail = await shop.send((await reader()).customer);
      const text = await shop.send((await texter()).customer);
      expect([mail.outcome?.status, text.outcome?.status]).toEqual(['sent', 'sent']);
      await settled();
      expect(await shop.delivery(mail.sendId)).toMatchObject({ state: 'accepted', arrival: 'delivered' });
      expect(await shop.delivery(text.sendId)).toMatchObject({ state: 'accepted', arrival: 'delivered' });
    },
  );

  it('is not, when it is never told', async () => {
    sendgrid.setCallbacks('never');
    const mail = await shop.send((await reader()).customer);
    await settled();
    expect(await shop.delivery(mail.sendId)).toMatchObject({ state: 'accepted', arrival: null });
    sendgrid.setCallbacks('once');
  });

  it('whose answer was lost is settled by what comes later, and is not sent again', async () => {
    sendgrid.setCallbacks('late');
    twilio.setCallbacks('late');
    sendgrid.setMood('reset-after');
    twilio.setMood('reset-after');
    const mail = await shop.send((await reader()).customer);
    const text = await shop.send((await texter()).customer);
    sendgrid.setMood('accept');
    twilio.setMood('accept');
    const requests = [sendgrid.requests, twilio.requests];
    expect([mail.outcome?.status, text.outcome?.status]).toEqual(['unknown', 'unknown']);
    await settled();
    const after = await shop.deliver([mail.request, text.request]);
    expect(after.map((outcome) => outcome.status)).toEqual(['sent', 'sent']);
    expect([sendgrid.requests, twilio.requests]).toEqual(requests);
    sendgrid.setCallbacks('once');
    twilio.setCallbacks('once');
  });
});

describe('a customer who leaves', () => {
  it('by the spam button gets no more marketing', async () => {
    const { email, customer } = await reader();
    sendgrid.setFate(email, 'complained');
    await shop.send(customer);
    await sendgrid.calledBack();
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'suppressed' });
  });

  it('by an address that bounces is not written to there', async () => {
    const { email, customer } = await reader();
    sendgrid.setFate(email, 'bounced');
    const { sendId } = await shop.send(customer);
    await settled();
    expect(await shop.delivery(sendId)).toMatchObject({ arrival: 'bounced' });
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'unreachable' });
  });

  it.each(['STOP', 'please stop texting me', '수신 거부합니다'])(
    'by answering %j gets no more texts',
    async (body) => {
      const { phone, customer } = await texter();
      await shop.send(customer);
      const status = await twilio.write({
        from: phone,
        to: '+447700900000',
        body,
        url: `${publicUrl}/hooks/twilio-sms`,
      });
      expect(status).toBe(200);
      const requests = twilio.requests;
      expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'no-consent' });
      expect((await shop.send(customer, { message: 'receipt' })).outcome?.status).toBe('skipped');
      expect(twilio.requests).toBe(requests);
      await settled();
    },
  );

  it('at the provider is heard of at the next refusal', async () => {
    const { phone, customer } = await texter();
    // Said to Twilio while this shop could not be reached.
    await twilio
      .write({ from: phone, to: '+447700900000', body: 'STOP', url: 'http://127.0.0.1:9/' })
      .catch(() => undefined);
    expect((await shop.send(customer)).outcome?.status).toBe('failed');
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'no-consent' });
  });

  it('does not, by a text that somebody else has signed', async () => {
    const { phone, customer } = await texter();
    const answer = await fetch(`${publicUrl}/hooks/twilio-sms`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'bm8=' },
      body: new URLSearchParams({
        From: phone,
        Body: 'STOP',
        MessageSid: 'SM1',
        AccountSid: twilioAccount.accountSid,
      }),
    });
    expect(answer.status).toBe(403);
    expect(await shop.consent(customer, 'sms')).toBe('granted');
  });
});

describe('a customer who answers', () => {
  it('is heard by the message that went last', async () => {
    const { phone, customer } = await texter();
    const { sendId } = await shop.send(customer);
    const url = `${publicUrl}/hooks/twilio-sms`;
    await twilio.write({ from: phone, to: '+447700900000', body: 'Do you ship to Jeju?', url });
    await settled();
    expect(await shop.events('message.replied', customer)).toMatchObject([
      { data: { sendId, text: 'Do you ship to Jeju?' } },
    ]);
  });
});
