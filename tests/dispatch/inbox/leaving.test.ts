import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, rejected } from '../../../delivery/channels/channel.ts';
import { tellRefusals } from '../../../delivery/channels/tell-refusals.ts';
import { failureClassOfCode } from '../../../delivery/channels/twilio/twilio-errors.ts';
import { createInbox } from '../../../dispatch/inbox/create-inbox.ts';
import { loadLastInbound } from '../../../store/inbound.ts';
import { listeningChannel, tenOClock } from '../../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop } from './inbox-shop.ts';

const minute = 60_000;
const sms = 'listening-sms';
const email = 'listening-email';

let shop: InboxShop;
let people = 0;
let refusal: string | undefined;

beforeAll(async () => {
  const text = listeningChannel('sms', async ({ sendId }) =>
    refusal === undefined ? accepted(sendId) : rejected(refusal, true),
  );
  shop = await openInboxShop({
    policy: { frequencyCaps: [] },
    channels: [
      listeningChannel('email'),
      tellRefusals(text, {
        classOf: failureClassOfCode,
        tell: (connection, notices) => shop.inbox.keep(connection, notices),
        clock: { now: () => tenOClock },
      }),
    ],
  });
});
afterAll(() => shop.close());

/** Somebody who can be reached by text message only. */
async function texter(phone = nextPhone()) {
  const name = `texter-${(people += 1)}`;
  return { name, phone, customer: await shop.named(name, { phone }) };
}

function nextPhone(): string {
  return `+4477009${String((people += 1)).padStart(5, '0')}`;
}

const written = (from: string, text: string, head: { id?: string; at?: number } = {}) =>
  noticeOf({ kind: 'inbound', channel: 'sms', from, text }, head);

describe('"STOP" by text message', () => {
  it('is in force when the provider is thanked, before any loop has looked', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.inbox.keep(sms, [written(phone, 'please stop texting me')]);
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'no-consent' });
    expect((await shop.send(customer, { message: 'receipt' })).outcome).toEqual({
      status: 'skipped',
      reason: 'suppressed',
    });
  });

  it('leaves the other channels alone', async () => {
    const phone = nextPhone();
    const customer = await shop.named(`both-${phone}`, {
      phone,
      email: `both-${phone.slice(1)}@example.com`,
    });
    await shop.tell(sms, written(phone, '수신거부'));
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect(await shop.consent(customer, 'email')).toBe('granted');
    expect((await shop.send(customer)).outcome).toMatchObject({ status: 'sent', channel: 'email' });
  });

  it('holds for everybody who shares the telephone, and for those who get it later', async () => {
    const phone = nextPhone();
    const first = await texter(phone);
    const second = await texter(phone);
    await shop.send(first.customer);
    await shop.tell(sms, written(phone, 'STOP'));
    expect(await shop.consent(first.customer, 'sms')).toBe('withdrawn');
    expect(await shop.consent(second.customer, 'sms')).toBe('withdrawn');
    const later = await texter(phone);
    expect((await shop.send(later.customer)).outcome).toEqual({ status: 'skipped', reason: 'suppressed' });
  });

  it('counts also from a number that we do not know yet', async () => {
    const phone = nextPhone();
    await shop.tell(sms, written(phone, 'stop'));
    const { customer } = await texter(phone);
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'suppressed' });
  });

  it('is not what "don\'t stop the discounts" says', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, "don't stop the discounts"));
    expect(await shop.consent(customer, 'sms')).toBe('granted');
    expect((await shop.send(customer)).outcome?.status).toBe('sent');
  });

  it('changes nothing when it is told again, even after a new consent and a START', async () => {
    const { name, phone, customer } = await texter();
    const stop = written(phone, 'STOP', { id: `stop-of-${phone}` });
    await shop.tell(sms, stop, stop);
    await shop.tell(sms, written(phone, 'START', { at: tenOClock + minute }));
    await consentAnew(name);
    expect((await shop.send(customer)).outcome?.status).toBe('sent');
    await shop.tell(sms, stop);
    // As after a crash between the effect and its mark.
    await replay(sms, stop);
    expect((await shop.send(customer)).outcome?.status).toBe('sent');
    shop.clock.time = tenOClock;
  });

  it('is told once to each customer, however often the notice takes effect', async () => {
    const { phone, customer } = await texter();
    const stop = written(phone, 'STOP', { id: `again-${phone}` });
    await shop.tell(sms, stop);
    await replay(sms, stop);
    await replay(sms, stop);
    const words = await shop.events('consent.changed', customer);
    expect(words.filter(({ source }) => source === sms)).toHaveLength(1);
    expect(await suppressionsOf(phone)).toHaveLength(1);
  });
});

describe('"START"', () => {
  it('lifts the block and gives no consent', async () => {
    const { phone, customer } = await texter();
    await shop.tell(sms, written(phone, 'STOP'));
    await shop.tell(sms, written(phone, 'start', { at: tenOClock + minute }));
    expect(await suppressionsOf(phone)).toEqual([]);
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'no-consent' });
    expect((await shop.send(customer, { message: 'receipt' })).outcome?.status).toBe('sent');
  });

  it('that was said before the STOP lifts nothing, though it comes later', async () => {
    const { phone, customer } = await texter();
    await shop.tell(sms, written(phone, 'STOP', { at: tenOClock + minute }));
    await shop.tell(sms, written(phone, 'START'));
    expect((await shop.send(customer, { message: 'receipt' })).outcome).toMatchObject({
      reason: 'suppressed',
    });
  });

  it('that was said after the STOP lifts it, though it comes first', async () => {
    const { phone, customer } = await texter();
    await shop.tell(sms, written(phone, 'START', { at: tenOClock + minute }));
    await shop.tell(sms, written(phone, 'STOP'));
    expect((await shop.send(customer, { message: 'receipt' })).outcome?.status).toBe('sent');
  });

  it('at the same instant as the STOP lifts nothing, in either order', async () => {
    for (const words of [
      ['STOP', 'START'],
      ['START', 'STOP'],
    ]) {
      const { phone } = await texter();
      for (const word of words) await shop.tell(sms, written(phone, word));
      expect(await suppressionsOf(phone)).toHaveLength(1);
    }
  });

  it('leaves a bounce as it is', async () => {
    const { phone, customer } = await texter();
    const { sendId } = await shop.send(customer);
    await shop.tell(sms, noticeOf({ kind: 'failed', sendId, code: '30005', class: 'bad-address' }));
    await shop.tell(sms, written(phone, 'START', { at: tenOClock + minute }));
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'unreachable' });
  });
});

describe('what a provider tells about a person', () => {
  it('a complaint silences marketing to the person, and not what they bought', async () => {
    const customer = await shop.named('complainer', { email: 'complainer@example.com' });
    const { sendId } = await shop.send(customer);
    await shop.inbox.keep(email, [noticeOf({ kind: 'complained', sendId })]);
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'suppressed' });
    expect((await shop.send(customer, { message: 'receipt' })).outcome?.status).toBe('sent');
  });

  it('a hard bounce condemns the address, a soft one does not', async () => {
    const customer = await shop.named('bouncer', { email: 'bouncer@example.com' });
    const soft = await shop.send(customer);
    await shop.tell(email, noticeOf({ kind: 'bounced', sendId: soft.sendId, hard: false }));
    const hard = await shop.send(customer);
    expect(hard.outcome?.status).toBe('sent');
    await shop.tell(email, noticeOf({ kind: 'bounced', sendId: hard.sendId, hard: true }));
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'unreachable' });
  });

  it('a number that is not on WhatsApp can still be texted, and one that does not exist cannot', async () => {
    const { customer } = await texter();
    const { sendId } = await shop.send(customer);
    // As if this one had gone by WhatsApp.
    await shop.db.updateTable('deliveries').set({ channel: 'whatsapp' }).where('id', '=', sendId).execute();
    await shop.tell(sms, noticeOf({ kind: 'failed', sendId, code: '63003', class: 'bad-address' }));
    const next = await shop.send(customer);
    expect(next.outcome?.status).toBe('sent');
    await shop.tell(
      sms,
      noticeOf({ kind: 'failed', sendId: next.sendId, code: '30006', class: 'bad-address' }),
    );
    expect((await shop.send(customer)).outcome).toEqual({ status: 'skipped', reason: 'unreachable' });
  });

  it('an unsubscription at the provider withdraws the consent for that channel', async () => {
    const customer = await shop.named('leaver', { email: 'leaver@example.com' });
    const { sendId } = await shop.send(customer);
    await shop.inbox.keep(email, [noticeOf({ kind: 'unsubscribed', sendId })]);
    expect(await shop.consent(customer, 'email')).toBe('withdrawn');
    expect(await shop.consent(customer, 'sms')).toBe('granted');
  });

  it.each([
    ['takes back a consent of the same second, since providers tell whole seconds', 400, 'withdrawn'],
    ['does not take back a consent of a later second', 1400, 'granted'],
  ])('an unsubscribe at the provider %s', async (_, later, state) => {
    const name = `second-${later}`;
    const customer = await shop.named(name, { email: `${name}@example.com` });
    const { sendId } = await shop.send(customer);
    const at = tenOClock - minute;
    const data = { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'again' };
    const occurredAt = new Date(at + later).toISOString();
    await shop.intake.accept([
      { id: `${name}-again`, type: 'consent.changed', occurredAt, customerId: name, data },
    ]);
    const notice = noticeOf({ kind: 'unsubscribed', sendId }, { at });
    await shop.tell(email, notice);
    expect(await shop.consent(customer, 'email')).toBe(state);
    await replay(email, notice);
    expect(await shop.consent(customer, 'email')).toBe(state);
  });

  it('a failure because the number has opted out is an opt-out', async () => {
    const { phone, customer } = await texter();
    const { sendId } = await shop.send(customer);
    await shop.inbox.keep(sms, [noticeOf({ kind: 'failed', sendId, code: '21610', class: 'opted-out' })]);
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect(await suppressionsOf(phone)).toHaveLength(1);
  });

  it('and so is a refusal in the answer, for which no receipt ever comes', async () => {
    const { phone, customer } = await texter();
    refusal = '21610 opted-out';
    const { outcome, sendId } = await shop.send(customer);
    refusal = undefined;
    expect(outcome?.status).toBe('failed');
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
    expect(await suppressionsOf(phone)).toHaveLength(1);
    // It proves no acceptance.
    expect(await shop.delivery(sendId)).toMatchObject({ state: 'failed', arrival: null });
  });

  it('a refusal for any other reason is not', async () => {
    const { customer } = await texter();
    refusal = '30007 blocked';
    await shop.send(customer);
    refusal = undefined;
    expect(await shop.consent(customer, 'sms')).toBe('granted');
  });
});

describe('an answer from a customer', () => {
  it('becomes the reply to the message that went last to that number, with its words in the event only', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    shop.clock.time += minute;
    const latest = await shop.send(customer);
    shop.clock.time = tenOClock;
    await shop.tell(sms, written(phone, 'Is the blue mug still there?', { at: tenOClock + 2 * minute }));
    expect(await shop.events('message.replied', customer)).toMatchObject([
      { data: { sendId: latest.sendId, text: 'Is the blue mug still there?' } },
    ]);
    expect(JSON.stringify(await shop.kept())).not.toContain('blue mug');
    expect(await loadLastInbound(shop.db, 'sms', [phone])).toEqual(
      new Map([[phone, tenOClock + 2 * minute]]),
    );
    expect(await loadLastInbound(shop.db, 'whatsapp', [phone])).toEqual(new Map());
  });

  it('is of the person to whom we wrote last, of those who share a telephone', async () => {
    const phone = nextPhone();
    const mother = await texter(phone);
    const son = await texter(phone);
    await shop.send(mother.customer);
    shop.clock.time += minute;
    await shop.send(son.customer);
    shop.clock.time = tenOClock;
    await shop.tell(sms, written(phone, 'Yes please', { at: tenOClock + 2 * minute }));
    expect(await shop.events('message.replied', son.customer)).toHaveLength(1);
    expect(await shop.events('message.replied', mother.customer)).toEqual([]);
  });

  it('answers the message that the provider names', async () => {
    const { phone, customer } = await texter();
    const first = await shop.send(customer);
    shop.clock.time += minute;
    await shop.send(customer);
    shop.clock.time = tenOClock;
    const { provider_id: providerId } = await shop.delivery(first.sendId);
    await shop.tell(
      sms,
      noticeOf({
        kind: 'inbound',
        channel: 'sms',
        from: phone,
        text: 'This one',
        providerId: providerId ?? '',
      }),
    );
    expect(await shop.events('message.replied', customer)).toMatchObject([
      { data: { sendId: first.sendId } },
    ]);
  });

  it.each(['STOP', 'START', '수신거부'])('is not a reply when it only says %s', async (word) => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, word));
    expect(await shop.events('message.replied', customer)).toEqual([]);
  });

  it('is a reply when it only says HELP, and changes nothing', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, 'HELP'));
    expect(await shop.events('message.replied', customer)).toHaveLength(1);
    expect(await shop.consent(customer, 'sms')).toBe('granted');
  });

  it('is a reply as well when it asks to stop and something else', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, 'Where is my order? And stop texting me.'));
    expect(await shop.events('message.replied', customer)).toHaveLength(1);
    expect(await shop.consent(customer, 'sms')).toBe('withdrawn');
  });

  it('is cut between two characters when it is very long', async () => {
    const { phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, `a${'😀'.repeat(3000)}`));
    expect(await shop.events('message.replied', customer)).toHaveLength(1);
  });

  it('from a stranger is not kept', async () => {
    const phone = nextPhone();
    await shop.tell(sms, written(phone, 'Who is this?'));
    expect((await shop.kept()).at(-1)).toMatchObject({ outcome: 'nobody', notice: null });
    expect(await loadLastInbound(shop.db, 'sms', [phone])).toEqual(new Map());
  });
});

describe('a customer who is erased', () => {
  it('leaves no word behind in the inbox, and a STOP on its way still counts', async () => {
    const { name, phone, customer } = await texter();
    await shop.send(customer);
    await shop.tell(sms, written(phone, 'Is it still there?'));
    await hold(sms, written(phone, 'My name is Mina'), written(phone, 'Mina here. Stop texting me!'));
    await shop.intake.accept([
      { id: `erase-${name}`, type: 'customer.erased', occurredAt: now(), customerId: name, data: {} },
    ]);
    expect(JSON.stringify(await shop.kept())).not.toContain('Mina');
    expect(await loadLastInbound(shop.db, 'sms', [phone])).toEqual(new Map());
    await release();
    expect(await suppressionsOf(phone)).toHaveLength(1);
  });

  it('does not come back through a page of the inbox that was read before', async () => {
    const { name, phone, customer } = await texter();
    await shop.send(customer);
    const erase = async () => {
      const event = { id: `erase-${name}`, type: 'customer.erased', occurredAt: now(), customerId: name };
      await shop.intake.accept([{ ...event, data: {} }]);
    };
    await inboxThatIsOvertaken(erase).keep(sms, [written(phone, 'Mina is my name')]);

    const replies = await shop.events('message.replied', customer);
    expect(replies).toEqual([{ id: expect.any(String), type: 'message.replied', erased: true }]);
    expect(await loadLastInbound(shop.db, 'sms', [phone])).toEqual(new Map());
    expect(JSON.stringify(await shop.kept())).not.toContain('Mina');
  });

  it('does not take away the reply of somebody who was merged in between', async () => {
    const { name, phone, customer } = await texter();
    const other = await texter();
    await shop.send(customer);
    const merge = async () => {
      const event = { id: `merge-${name}`, type: 'customer.merged', occurredAt: now() };
      await shop.intake.accept([
        { ...event, data: { from: name, into: other.name }, customerId: other.name },
      ]);
    };
    await inboxThatIsOvertaken(merge).keep(sms, [written(phone, 'Is it still there?')]);

    const replies = await shop.events('message.replied', other.customer);
    expect(replies).toMatchObject([{ data: { text: 'Is it still there?' } }]);
    const inbound = await shop.db
      .selectFrom('inbound')
      .select('customer_id')
      .where('address_key', '=', phone)
      .execute();
    expect(inbound).toEqual([{ customer_id: other.customer }]);
  });
});

/** An inbox that has read its page and worked out what to do, when something else comes first. */
function inboxThatIsOvertaken(first: () => Promise<void>) {
  return createInbox({
    db: shop.db,
    clock: shop.clock,
    intake: {
      async accept(events) {
        await first();
        return shop.intake.accept(events);
      },
    },
  });
}

/** Kept as after a crash, before it could take effect. */
async function hold(connection: string, ...notices: Parameters<InboxShop['tell']>[1][]): Promise<void> {
  for (const notice of notices) {
    await shop.db
      .insertInto('inbox')
      .values({
        id: `${connection}/${notice.id}`,
        connection,
        received_at: new Date(tenOClock),
        notice: JSON.stringify(notice),
        outcome: null,
        last_error: null,
      })
      .execute();
  }
}

async function release(): Promise<void> {
  await shop.inbox.drain();
}

async function replay(connection: string, notice: Parameters<InboxShop['tell']>[1]): Promise<void> {
  await shop.db.deleteFrom('inbox').where('id', '=', `${connection}/${notice.id}`).execute();
  await hold(connection, notice);
  await shop.inbox.drain();
}

async function consentAnew(name: string): Promise<void> {
  shop.clock.time = tenOClock + 2 * minute;
  const data = { channel: 'sms', purpose: 'marketing', state: 'granted', basis: 'again' };
  await shop.intake.accept([
    { id: `${name}-again`, type: 'consent.changed', occurredAt: now(), customerId: name, data },
  ]);
}

function now(): string {
  return new Date(shop.clock.time).toISOString();
}

async function suppressionsOf(phone: string) {
  return shop.db
    .selectFrom('suppressions')
    .select(['channel', 'reason'])
    .where('address_key', '=', phone)
    .where('lifted_at', 'is', null)
    .execute();
}
