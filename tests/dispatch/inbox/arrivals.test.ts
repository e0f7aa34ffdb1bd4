import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, ambiguous } from '../../../delivery/channels/channel.ts';
import { arrivals } from '../../../domain/arrival.ts';
import { readGauges } from '../../../store/read-gauges.ts';
import { turnstile } from '../../kit/turnstile.ts';
import { listeningChannel, requestOf, tenOClock } from '../../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop, type News } from './inbox-shop.ts';

const minute = 60_000;
const email = 'listening-email';

let shop: InboxShop;
let answer = async (sendId: string) => accepted(sendId);

beforeAll(async () => {
  const mail = listeningChannel('email', async ({ sendId }) => answer(sendId));
  shop = await openInboxShop({
    channels: [mail, listeningChannel('sms')],
    policy: { frequencyCaps: [] },
  });
});
afterAll(() => shop.close());

async function sentMail(changes: { message?: string } = {}) {
  return shop.send(await shop.customer(), changes);
}

describe('what became of a message', () => {
  it('stands on its row, with its instants', async () => {
    const { sendId } = await sentMail();
    await shop.tell(
      email,
      noticeOf({ kind: 'accepted', sendId }),
      noticeOf({ kind: 'delivered', sendId }, { at: tenOClock + minute }),
      noticeOf({ kind: 'clicked', sendId }, { at: tenOClock + 2 * minute }),
    );
    expect(await shop.delivery(sendId)).toMatchObject({
      state: 'accepted',
      arrival: 'delivered',
      delivered_at: tenOClock + minute,
      clicked_at: tenOClock + 2 * minute,
      bounced_at: null,
    });
  });

  it('may be a bounce after the delivery, with its code', async () => {
    const { sendId } = await sentMail();
    await shop.tell(email, noticeOf({ kind: 'delivered', sendId }));
    await shop.tell(
      email,
      noticeOf({ kind: 'bounced', sendId, hard: false, code: '452' }, { at: tenOClock + minute }),
    );
    expect(await shop.delivery(sendId)).toMatchObject({
      state: 'accepted',
      arrival: 'bounced',
      arrival_code: '452',
      delivered_at: tenOClock,
      bounced_at: tenOClock + minute,
    });
  });

  it('is not a failure once it was delivered, and not a delivery because it was put off', async () => {
    const delivered = await sentMail();
    const waiting = await sentMail();
    await shop.tell(
      email,
      noticeOf({ kind: 'delivered', sendId: delivered.sendId }),
      noticeOf({ kind: 'failed', sendId: delivered.sendId, code: '30008', class: 'not-delivered' }),
      noticeOf({ kind: 'deferred', sendId: waiting.sendId, code: '451' }),
    );
    expect(await shop.delivery(delivered.sendId)).toMatchObject({ arrival: 'delivered', arrival_code: null });
    expect(await shop.delivery(waiting.sendId)).toMatchObject({ arrival: null, delivered_at: null });
  });

  const news: readonly News[] = [
    { kind: 'accepted' },
    { kind: 'sent' },
    { kind: 'deferred' },
    { kind: 'delivered' },
    { kind: 'opened' },
    { kind: 'clicked' },
    { kind: 'read' },
    { kind: 'failed', code: '30008', class: 'not-delivered' },
    { kind: 'bounced', hard: false, code: '550' },
    { kind: 'other', name: 'group_resubscribe' },
  ];

  it('is the same whatever the order of the receipts, however often each comes and in how many calls', async () => {
    const expectation = (kinds: readonly string[]) => {
      const implied = kinds.flatMap((kind) =>
        kind === 'opened' || kind === 'clicked' ? ['delivered'] : [kind],
      );
      return arrivals.findLast((arrival) => implied.includes(arrival)) ?? null;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...news), fc.nat(3)), { minLength: 1, maxLength: 8 }),
        fc.nat(7),
        async (told, cut) => {
          const { sendId } = await sentMail();
          const all = told.map(([one, minutes]) =>
            noticeOf({ ...one, sendId }, { at: tenOClock + minutes * minute }),
          );
          const twice = [...all, ...all.toReversed()];
          await shop.tell(email, ...twice.slice(0, cut));
          await shop.tell(email, ...twice.slice(cut));
          const row = await shop.delivery(sendId);
          const earliest = (kind: string) => {
            const instants = all.filter((one) => one.kind === kind).map((one) => one.at);
            return instants.length === 0 ? null : Math.min(...instants);
          };
          expect(row).toMatchObject({
            state: 'accepted',
            arrival: expectation(all.map((one) => one.kind)),
            delivered_at: earliest('delivered'),
            read_at: earliest('read'),
            clicked_at: earliest('clicked'),
            bounced_at: earliest('bounced'),
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('late evidence', () => {
  it('turns an unknown message of class once into an accepted one, and it is not sent again', async () => {
    answer = async () => ambiguous('reset');
    const { request, outcome, sendId } = await sentMail();
    answer = async (id) => accepted(id);
    expect(outcome).toEqual({ status: 'unknown' });

    await shop.tell(email, noticeOf({ kind: 'delivered', sendId, providerId: 'X-1' }));

    expect(await shop.delivery(sendId)).toMatchObject({
      state: 'accepted',
      arrival: 'delivered',
      provider_id: 'X-1',
    });
    expect(await shop.deliver([request])).toEqual([{ status: 'sent', channel: 'email', delivery: sendId }]);
    expect(await attempts(sendId)).toEqual([{ state: 'accepted', provider_id: 'X-1' }]);
  });

  it('keeps a message of class must from being sent a second time', async () => {
    answer = async () => ambiguous('reset');
    const { request, outcome, sendId } = await sentMail({ message: 'receipt' });
    answer = async (id) => accepted(id);
    expect(outcome?.status).toBe('deferred');

    await shop.tell(email, noticeOf({ kind: 'accepted', sendId, providerId: 'X-2' }));
    shop.clock.time += 16 * minute;

    expect(await shop.deliver([request])).toEqual([{ status: 'sent', channel: 'email', delivery: sendId }]);
    expect(await attempts(sendId)).toHaveLength(1);
    shop.clock.time = tenOClock;
  });

  it('may come before the answer itself, which then changes nothing', async () => {
    const { passed, open } = turnstile();
    const asked = turnstile();
    answer = async (id) => {
      asked.open();
      await passed;
      return id === '' ? accepted(id) : ambiguous('reset');
    };
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const delivering = shop.deliver([request]);
    await asked.passed;
    const { id: sendId } = await shop.row(request);
    await shop.tell(email, noticeOf({ kind: 'delivered', sendId, providerId: 'X-3' }));
    expect(await shop.delivery(sendId)).toMatchObject({ state: 'accepted', arrival: 'delivered' });
    open();

    expect(await delivering).toEqual([{ status: 'sent', channel: 'email', delivery: sendId }]);
    expect(await shop.delivery(sendId)).toMatchObject({ state: 'accepted', provider_id: 'X-3' });
    answer = async (id) => accepted(id);
  });

  it('of a request that is on record as accepted says nothing about one whose answer was lost', async () => {
    answer = async () => ambiguous('reset');
    const { request, sendId } = await sentMail({ message: 'receipt' });
    answer = async () => accepted('X-second');
    shop.clock.time += 16 * minute;
    expect((await shop.deliver([request]))[0]?.status).toBe('sent');
    shop.clock.time = tenOClock;

    await shop.tell(email, noticeOf({ kind: 'delivered', sendId, providerId: 'X-second' }));
    expect(await attempts(sendId)).toMatchObject([{ state: 'ambiguous' }, { state: 'accepted' }]);

    await shop.tell(email, noticeOf({ kind: 'delivered', sendId, providerId: 'X-first' }));
    expect(await attempts(sendId)).toMatchObject([
      { state: 'accepted', provider_id: 'X-first' },
      { state: 'accepted', provider_id: 'X-second' },
    ]);
    answer = async (id) => accepted(id);
  });
});

describe('late evidence that comes while the message is being sent again', () => {
  it('is of the first request, and the second keeps its own answer', async () => {
    answer = async () => ambiguous('reset');
    const { request, sendId } = await sentMail({ message: 'receipt' });
    const [late, asked] = [turnstile(), turnstile()];
    answer = async () => {
      asked.open();
      await late.passed;
      return accepted('X-second');
    };
    shop.clock.time += 16 * minute;
    const delivering = shop.deliver([request]);
    await asked.passed;
    await shop.tell(email, noticeOf({ kind: 'delivered', sendId, providerId: 'X-first' }));
    late.open();

    expect(await delivering).toMatchObject([{ status: 'sent' }]);
    expect(await attempts(sendId)).toEqual([
      { state: 'accepted', provider_id: 'X-first' },
      { state: 'accepted', provider_id: 'X-second' },
    ]);
    const { duplicatesPossible } = await readGauges(shop.db, { since: 0 });
    expect(duplicatesPossible).toBeGreaterThan(0);
    shop.clock.time = tenOClock;
    answer = async (id) => accepted(id);
  });
});

describe('a receipt that is not ours', () => {
  it('of a message that went by another connection is kept and changes nothing', async () => {
    const { sendId, customer } = await sentMail();
    await shop.tell('twilio-sms', noticeOf({ kind: 'bounced', sendId, hard: true }, { id: 'foreign' }));
    expect(await shop.delivery(sendId)).toMatchObject({ arrival: null });
    expect((await shop.kept()).find((row) => row.id === 'twilio-sms/foreign')).toMatchObject({
      outcome: 'not-ours',
    });
    expect(await shop.events('message.bounced', customer)).toEqual([]);
  });

  it.each(['', 'no-id', '0192f1f0-0000-7000-8000-000000000001', "'; drop table inbox; --"])(
    'with the send id %j is kept and changes nothing',
    async (sendId) => {
      await shop.tell(email, noticeOf({ kind: 'bounced', sendId, hard: true }));
      expect((await shop.kept()).at(-1)).toMatchObject({ outcome: 'not-ours', notice: null });
    },
  );
});

describe('the inbox', () => {
  it('keeps the same notice once, and nothing of what it said after its effect', async () => {
    const { sendId, customer } = await sentMail();
    const notice = noticeOf({ kind: 'bounced', sendId, hard: true }, { id: 'once' });
    await shop.tell(email, notice, notice);
    await shop.tell(email, notice);
    expect((await shop.kept()).filter((row) => row.id === `${email}/once`)).toMatchObject([
      { notice: null, outcome: 'applied', attempts: 0 },
    ]);
    expect(await shop.events('message.bounced', customer)).toHaveLength(1);
  });

  it('keeps what PostgreSQL could not store as it came', async () => {
    const { sendId } = await sentMail();
    await shop.tell(email, noticeOf({ kind: 'other', name: 'a\u0000b\ud800', sendId }));
    expect((await shop.kept()).at(-1)).toMatchObject({ outcome: 'nothing-to-do' });
  });

  it('lets the others go on when one cannot take effect, says why, and tries again', async () => {
    const bad = await sentMail();
    const good = await sentMail();
    await shop.db.schema
      .alterTable('deliveries')
      .addCheckConstraint('no_such_bounce', fails(bad.sendId))
      .execute();
    await shop.tell(
      email,
      noticeOf({ kind: 'delivered', sendId: bad.sendId }, { id: 'bad' }),
      noticeOf({ kind: 'delivered', sendId: good.sendId }),
    );
    expect(await shop.delivery(good.sendId)).toMatchObject({ arrival: 'delivered' });
    const parked = (await shop.kept()).find((row) => row.id === `${email}/bad`);
    expect(parked).toMatchObject({ attempts: 1, applied_at: null, outcome: null });
    expect(parked?.last_error).toContain('23514');

    await shop.db.schema.alterTable('deliveries').dropConstraint('no_such_bounce').execute();
    await shop.db.updateTable('inbox').set({ next_attempt_at: null }).where('attempts', '>', 0).execute();
    expect(await shop.inbox.drain()).toBe(1);
    expect(await shop.delivery(bad.sendId)).toMatchObject({ arrival: 'delivered' });
  });

  it('is worked through by a thousand receipts as by one', async () => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => sentMail()));
    const told = sent.flatMap(({ sendId }) =>
      Array.from({ length: 50 }, (_, index) =>
        noticeOf({ kind: index % 2 === 0 ? 'sent' : 'delivered', sendId }),
      ),
    );
    await shop.inbox.keep(email, told);
    // Two processes at it at once do no harm.
    const [one, other] = await Promise.all([shop.inbox.drain(), shop.inbox.drain()]);
    expect(one + other).toBeGreaterThanOrEqual(1000);
    for (const { sendId } of sent)
      expect(await shop.delivery(sendId)).toMatchObject({ arrival: 'delivered' });
  });
});

async function attempts(delivery: string) {
  return shop.db
    .selectFrom('delivery_attempts')
    .select(['state', 'provider_id'])
    .where('delivery_id', '=', delivery)
    .orderBy('attempt')
    .execute();
}

function fails(delivery: string) {
  return sql<boolean>`id <> ${sql.lit(delivery)}::uuid or arrival is null`;
}
