import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datedConnectionsOf } from '../../../delivery/channels/receipts.ts';
import { createTwilioReceipts } from '../../../delivery/channels/twilio/create-twilio-receipts.ts';
import { hour, tenOClock } from '../../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop } from '../../dispatch/inbox/inbox-shop.ts';
import { days, pruneAll, type Pruning } from './pruning.ts';

const [email, sms] = ['listening-email', 'listening-sms'];
const phone = '+447700900123';

let shop: InboxShop;
beforeEach(async () => {
  shop = await openInboxShop({ policy: { frequencyCaps: [] } });
});
afterEach(() => shop.close());

const pruneLater = (after: number, more: Omit<Pruning, 'at'> = {}) =>
  pruneAll(shop.db, { at: tenOClock + after, ...more });
const written = (text: string, head: { id?: string; at?: number } = {}) =>
  noticeOf({ kind: 'inbound', channel: 'sms', from: phone, text }, head);

/** Somebody with a telephone who was sent a text message. */
async function texter(): Promise<string> {
  const customer = await shop.named('texter', { phone });
  await shop.send(customer);
  return customer;
}

describe('what a customer wrote', () => {
  it('goes after half a year, and that they answered stays', async () => {
    const customer = await texter();
    await shop.tell(sms, written('My sister Zilpzalp would like it in green'));
    expect(await pruneLater(days(181))).toEqual({ 'reply-words': 1, 'inbound-notes': 1 });
    const kept = await shop.db
      .selectFrom('events')
      .selectAll()
      .where('type', '=', 'message.replied')
      .execute();
    expect(kept).toMatchObject([{ customer_id: customer, envelope: null }]);
    expect(JSON.stringify(kept)).not.toContain('Zilpzalp');
    expect(await shop.db.selectFrom('inbound').select('id').execute()).toEqual([]);
  });

  it('does not go before, nor with the other events', async () => {
    const customer = await texter();
    await shop.tell(sms, written('In green?'));
    expect(await pruneLater(days(179))).toEqual({});
    await pruneLater(days(3000), { retention: { replies: 'for good' } });
    expect(await shop.events('message.replied', customer)).toMatchObject([{ data: { text: 'In green?' } }]);
  });

  it('is kept for the day in which WhatsApp may be answered, whatever the policy says', async () => {
    await texter();
    await shop.tell(sms, written('In green?'));
    expect(await pruneLater(days(2) - hour, { retention: { replies: '1 hour' } })).toEqual({
      'reply-words': 1,
    });
    expect(await shop.db.selectFrom('inbound').select('id').execute()).toHaveLength(1);
  });
});

describe('whoever does not want to hear from us', () => {
  it('is not written to after everything old has gone: by "STOP"', async () => {
    const customer = await texter();
    await shop.tell(sms, written('STOP'));
    await pruneLater(days(9000));
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    const stops = await shop.db.selectFrom('suppressions').select(['address_key', 'lifted_at']).execute();
    expect(stops).toEqual([{ address_key: phone, lifted_at: null }]);
    expect((await shop.send(customer)).outcome).toMatchObject({ status: 'skipped' });
  });

  it('is not written to after everything old has gone: by a complaint', async () => {
    const customer = await shop.named('angry', { email: 'angry@example.com' });
    const { sendId } = await shop.send(customer);
    await shop.tell(email, noticeOf({ kind: 'complained', sendId }));
    await pruneLater(days(9000));
    expect((await shop.send(customer)).outcome).toMatchObject({ status: 'skipped', reason: 'suppressed' });
  });
});

describe('the key of a receipt', () => {
  const dated = [{ connection: email, believedForMs: 25 * hour }];

  async function delivered(): Promise<void> {
    const { sendId } = await shop.send(await shop.customer());
    await shop.tell(email, noticeOf({ kind: 'delivered', sendId }));
  }

  it('goes after thirty days, when a repetition would be refused', async () => {
    await delivered();
    expect(await pruneLater(days(30) - hour, { dated })).toEqual({});
    expect(await pruneLater(days(30) + hour, { dated })).toEqual({ [`receipts-of-${email}`]: 1 });
    expect(await shop.kept()).toEqual([]);
  });

  it('does not go as long as a repetition would be believed, whatever the policy says', async () => {
    await delivered();
    const retention = { receipts: '1 hour' } as const;
    expect(await pruneLater(24 * hour, { dated, retention })).toEqual({});
    expect(await pruneLater(26 * hour, { dated, retention })).toEqual({ [`receipts-of-${email}`]: 1 });
  });

  it('does not go before the receipt has had its effect', async () => {
    const { sendId } = await shop.send(await shop.customer());
    await shop.inbox.keep(email, [noticeOf({ kind: 'delivered', sendId })]);
    expect(await pruneLater(days(9000), { dated })).toEqual({});
    await shop.inbox.drain();
    expect((await shop.delivery(sendId)).arrival).toBe('delivered');
  });

  it('of a connection without dates is kept for good: an old "START" opens nothing again', async () => {
    await texter();
    const start = written('START', { id: 'an-old-start' });
    await shop.tell(sms, start);
    await shop.tell(sms, written('STOP', { at: tenOClock + hour }));
    await pruneLater(days(9000), { dated });
    await shop.tell(sms, { ...start, at: tenOClock + days(9000) });
    const standing = await shop.db
      .selectFrom('suppressions')
      .select('reason')
      .where('lifted_at', 'is', null)
      .execute();
    expect(standing).toEqual([{ reason: 'stop' }]);
  });

  it('is known to be of such a connection by its reader: Twilio signs no date', () => {
    const twilio = createTwilioReceipts({
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 'a token',
      connection: 'twilio-sms',
    });
    const other = { ...twilio, connection: 'sendgrid', believedForMs: 25 * hour };
    expect(datedConnectionsOf([twilio, other])).toEqual([
      { connection: 'sendgrid', believedForMs: 25 * hour },
    ]);
  });
});
