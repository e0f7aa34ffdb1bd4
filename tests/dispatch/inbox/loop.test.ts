import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createInbox } from '../../../dispatch/inbox/create-inbox.ts';
import { noticeOf, openInboxShop, type InboxShop } from './inbox-shop.ts';

const email = 'listening-email';
let shop: InboxShop;

beforeAll(async () => {
  shop = await openInboxShop({ policy: { frequencyCaps: [] } });
});
afterAll(() => shop.close());

/** The inbox of a worker; `shop.inbox` is that of a server, which only keeps. */
function workerInbox(leads: () => boolean, db = shop.db) {
  const warned: string[] = [];
  const log = { warn: (_details: object, message: string) => void warned.push(message) };
  return { ...createInbox({ db, intake: shop.intake, clock: shop.clock, leads, log }), warned };
}

const arrivalOf = async (sendId: string) => (await shop.delivery(sendId)).arrival;

it('lets what a server has kept take effect in the worker that leads, and in no other', async () => {
  let leads = false;
  const inbox = workerInbox(() => leads);
  inbox.start();
  inbox.start();
  const { sendId } = await shop.send(await shop.customer());
  await shop.inbox.keep(email, [noticeOf({ kind: 'delivered', sendId })]);
  await sleep(600);
  expect(await arrivalOf(sendId)).toBeNull();
  leads = true;
  await vi.waitFor(async () => expect(await arrivalOf(sendId)).toBe('delivered'), { timeout: 3000 });
  await inbox.stop();
});

it('does nothing after its stop, and can be started again', async () => {
  const inbox = workerInbox(() => true);
  inbox.start();
  await inbox.stop();
  const { sendId } = await shop.send(await shop.customer());
  await shop.inbox.keep(email, [noticeOf({ kind: 'delivered', sendId })]);
  await sleep(400);
  expect(await arrivalOf(sendId)).toBeNull();
  inbox.start();
  await vi.waitFor(async () => expect(await arrivalOf(sendId)).toBe('delivered'), { timeout: 3000 });
  await inbox.stop();
});

it('keeps an opt-out that cannot take effect at once, thanks the provider, and does it afterwards', async () => {
  const customer = await shop.named('patient', { email: 'patient@example.com' });
  const { sendId } = await shop.send(customer);
  const failing = createInbox({
    db: shop.db,
    intake: { accept: async () => Promise.reject(new Error('away')) },
    clock: shop.clock,
  });
  await failing.keep(email, [noticeOf({ kind: 'unsubscribed', sendId })]);
  expect(await shop.consent(customer, 'email')).toBe('granted');
  await shop.db.updateTable('inbox').set({ next_attempt_at: null }).where('attempts', '>', 0).execute();
  await shop.inbox.drain();
  expect(await shop.consent(customer, 'email')).toBe('withdrawn');
});

it(
  'answers the provider after five seconds, however long the opt-out takes',
  { timeout: 20_000 },
  async () => {
    const customer = await shop.named('slow', { email: 'slow@example.com' });
    const { sendId } = await shop.send(customer);
    const slow = createInbox({
      db: shop.db,
      intake: { accept: () => sleep(7000) },
      clock: shop.clock,
    });
    const began = performance.now();
    await slow.keep(email, [noticeOf({ kind: 'complained', sendId })]);
    expect(performance.now() - began).toBeLessThan(6500);
    await sleep(2500);
  },
);
