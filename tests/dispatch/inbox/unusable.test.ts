import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInbox } from '../../../dispatch/inbox/create-inbox.ts';
import { tenOClock } from '../../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop, type News } from './inbox-shop.ts';

const email = 'listening-email';
let shop: InboxShop;

beforeAll(async () => {
  shop = await openInboxShop({ policy: { frequencyCaps: [] } });
});
afterAll(() => shop.close());
beforeEach(() => shop.warned.splice(0));

async function bounced(): Promise<{ sendId: string; news: News }> {
  const { sendId } = await shop.send(await shop.customer());
  return { sendId, news: { kind: 'bounced', sendId, hard: true } };
}

/** The next attempt is in a moment; the test does not wait for it. */
const untilNextAttempt = () =>
  shop.db.updateTable('inbox').set({ next_attempt_at: null }).where('applied_at', 'is', null).execute();

async function keptOf(id: string) {
  return (await shop.kept()).find((row) => row.id === `${email}/${id}`);
}

describe('a receipt that holds what cannot be right', () => {
  const neverWas = [
    ['of a year that no event may have', Date.parse('2300-01-01T00:00:00Z'), 'PerennialError event-invalid'],
    ['of an instant that no calendar has', 9e15, 'RangeError'],
  ] as const;

  it.each(neverWas)('%s is set aside, told once and not tried again', async (_what, at, error) => {
    const { news } = await bounced();
    const notice = noticeOf(news, { at });
    await shop.tell(email, notice);
    await untilNextAttempt();
    await shop.inbox.drain();
    await shop.tell(email, notice);

    expect(await keptOf(notice.id)).toMatchObject({
      outcome: 'unusable',
      last_error: error,
      attempts: 1,
      notice: null,
      next_attempt_at: null,
    });
    expect(shop.warned).toEqual([
      expect.objectContaining({
        notice: `${email}/${notice.id}`,
        connection: email,
        kind: 'bounced',
        error,
        message: expect.stringContaining('not tried again'),
      }),
    ]);
  });

  it('does not hold up its neighbours', async () => {
    const bad = await bounced();
    const good = await bounced();
    await shop.tell(email, noticeOf(bad.news, { at: 9e15 }), noticeOf(good.news));
    expect(await shop.delivery(bad.sendId)).toMatchObject({ arrival: null });
    expect(await shop.delivery(good.sendId)).toMatchObject({ arrival: 'bounced' });
  });

  it('is not set aside when it asks us to stop: that is tried until it is in force', async () => {
    const customer = await shop.named('patient', { email: 'patient@example.com' });
    const { sendId } = await shop.send(customer);
    const notice = noticeOf({ kind: 'unsubscribed', sendId }, { at: Date.parse('2300-01-01T00:00:00Z') });
    await shop.tell(email, notice);
    expect(await keptOf(notice.id)).toMatchObject({ outcome: null, applied_at: null, attempts: 1 });
    expect(shop.warned).toMatchObject([{ message: expect.stringContaining('tried again') }]);
  });
});

it('a receipt that fails for another reason is not set aside', async () => {
  const { sendId, news } = await bounced();
  const notice = noticeOf(news);
  const failing = createInbox({
    db: shop.db,
    intake: { accept: async () => Promise.reject(new Error('away')) },
    clock: { now: () => tenOClock },
  });
  await failing.keep(email, [notice]);
  await failing.drain();
  expect(await keptOf(notice.id)).toMatchObject({ outcome: null, applied_at: null, attempts: 1 });
  await untilNextAttempt();
  await shop.inbox.drain();
  expect(await shop.delivery(sendId)).toMatchObject({ arrival: 'bounced' });
});
