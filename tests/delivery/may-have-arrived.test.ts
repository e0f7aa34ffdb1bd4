import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  accepted,
  ambiguous,
  rejected,
  throttled,
  type Acceptance,
} from '../../delivery/channels/channel.ts';
import { listUnknowns } from '../../client/list-unknowns.ts';
import type { JourneySend, SendRequest } from '../../domain/delivery.ts';
import { recordExit } from '../../store/record-exit.ts';
import { turnstile } from '../kit/turnstile.ts';
import {
  hour,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  sealEnrolment,
  tenOClock,
  testMessages,
  type DeliveryShop,
} from './delivery-shop.ts';

/** Of class must, and counted by the caps: it waits after a silence and can be overtaken by everything. */
const notice = { ...testMessages.reminder, name: 'notice', class: 'must' as const };
const allowance = { name: 'news', channel: 'email', limit: 1, per: '2 days' } as const;
const news = { ...notice, name: 'news', usefulFor: '1 day' as const, allowance };
const messages = { ...testMessages, notice, news };

let shop: DeliveryShop;
beforeAll(async () => {
  shop = await openDeliveryShop({ messages });
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.clock.time = tenOClock;
  shop.email.heard.length = 0;
});

async function notify(customer?: string, message: keyof typeof messages = 'notice'): Promise<JourneySend> {
  const enrolment = await shop.enrolment(customer ?? (await shop.customer()));
  return requestOf(enrolment, { message });
}

/** The provider answers like this, and the message waits. */
async function waitAfter(answer: Acceptance, request: SendRequest): Promise<void> {
  const email = listeningChannel('email', async () => answer);
  const [outcome] = await shop.anotherDeliver({ channels: [email] })([request]);
  expect(outcome).toMatchObject({ status: 'deferred', reason: 'provider-busy' });
}

const silence = ambiguous('reset after DATA');
const busy = throttled(15 * 60_000, '429');

describe('a message that may have arrived is unknown, and one that has not is not', () => {
  const withoutWords = (request: SendRequest) => ({ ...request, input: { say: '' } });
  const later = tenOClock + 15 * 60_000;

  it('when there is nothing left to say', async () => {
    const [asked, refused] = [await notify(), await notify()];
    await waitAfter(silence, asked);
    await waitAfter(busy, refused);
    shop.clock.time = later;
    expect(await shop.deliver([withoutWords(asked), withoutWords(refused)])).toEqual([
      { status: 'unknown' },
      { status: 'skipped', reason: 'nothing-to-say' },
    ]);
  });

  it('when its message does not exist any more', async () => {
    const [asked, refused] = [await notify(), await notify()];
    await waitAfter(silence, asked);
    await waitAfter(busy, refused);
    shop.clock.time = later;
    const withoutNotice = shop.anotherDeliver({ messages: { reminder: testMessages.reminder } });
    expect(await withoutNotice([asked, refused])).toEqual([
      { status: 'unknown' },
      { status: 'failed', code: 'message-unknown' },
    ]);
  });

  it('when the provider is busy for longer than it is useful', async () => {
    const [asked, refused] = [await notify(), await notify()];
    await waitAfter(silence, asked);
    await waitAfter(busy, refused);
    shop.clock.time = tenOClock + 48 * hour - 1000;
    const email = listeningChannel('email', async () => throttled(60_000, '429'));
    expect(await shop.anotherDeliver({ channels: [email] })([asked, refused])).toEqual([
      { status: 'unknown' },
      { status: 'skipped', reason: 'provider-busy' },
    ]);
  });

  it('when its journey ends while it waits', async () => {
    const [asked, refused] = [await notify(), await notify()];
    await waitAfter(silence, asked);
    await waitAfter(busy, refused);
    for (const { enrolment } of [asked, refused]) {
      await recordExit(shop.db, { enrolment, reason: 'not-recovered', at: later });
    }
    const waited = { deferred_until: null, settled_at: later };
    expect(await shop.row(asked)).toMatchObject({ ...waited, state: 'unknown', reason: null });
    expect(await shop.row(refused)).toMatchObject({ ...waited, state: 'skipped', reason: 'journey-ended' });
  });
});

describe('an acceptance that is proven after the journey has ended', () => {
  it('still settles the message', async () => {
    const request = await notify();
    const late = turnstile();
    const slow = listeningChannel('email', async ({ sendId }) => {
      await late.passed;
      return accepted(sendId);
    });
    const asleep = shop.anotherDeliver({ channels: [slow] })([request]);
    await vi.waitUntil(() => slow.heard.length > 0, { timeout: 5000 });
    const afterLease = shop.anotherDeliver({ wall: { now: () => Date.now() + 60_000 } });
    expect(await afterLease([request])).toMatchObject([{ status: 'deferred' }]);
    await recordExit(shop.db, { enrolment: request.enrolment, reason: 'not-recovered', at: tenOClock });
    expect((await shop.row(request)).state).toBe('unknown');
    late.open();
    expect(await asleep).toMatchObject([{ status: 'sent' }]);
    expect((await shop.row(request)).state).toBe('accepted');
  });
});

describe('a request that may have arrived', () => {
  it('stays on record: when it was made, by which way and to which address', async () => {
    const request = await notify(await shop.customer({ phone: '+447700900301' }));
    await waitAfter(silence, request);
    const before = await shop.row(request);
    expect(before.sending_at).toBe(tenOClock);
    await sealEnrolment(shop.db, request.enrolment);
    shop.clock.time = tenOClock + hour;
    expect(await shop.deliver([request])).toEqual([{ status: 'unknown' }]);
    const { channel, connection, address_key, sending_at, locale } = before;
    const kept = { channel, connection, address_key, sending_at, locale };
    const row = await shop.row(request);
    expect(row).toMatchObject({ ...kept, state: 'unknown' });
    expect((await listUnknowns(shop.db)).map((each) => each.delivery)).toContain(row.id);
    expect(kept).toMatchObject({ channel: 'email', connection: 'listening-email' });
  });

  it.each([
    ['counts for the cap', silence, { status: 'deferred', reason: 'frequency-cap' }],
    ['does not count when it was put off', busy, { status: 'sent' }],
  ] as const)('%s', async (_, answer, outcome) => {
    const customer = await shop.customer();
    const request = await notify(customer);
    await waitAfter(answer, request);
    await sealEnrolment(shop.db, request.enrolment);
    shop.clock.time += 15 * 60_000;
    await shop.deliver([request]);
    expect(await shop.deliver([requestOf(await shop.enrolment(customer, 'other'))])).toMatchObject([outcome]);
  });

  it.each([
    ['counts for the cap while evidence is waited for', silence, 'notice', 'frequency-cap'],
    ['does not count while it waits because it was put off', busy, 'notice', undefined],
    ['does not count when it is no marketing', silence, 'receipt', undefined],
  ] as const)('%s', async (_, answer, message, reason) => {
    const customer = await shop.customer();
    await waitAfter(answer, await notify(customer, message));
    const another = requestOf(await shop.enrolment(customer, 'other'));
    const [outcome] = await shop.deliver([another]);
    expect(outcome).toMatchObject(
      reason === undefined
        ? { status: 'sent' }
        : { status: 'deferred', reason, until: tenOClock + 24 * hour },
    );
  });

  it('spends its allowance while evidence is waited for, and does not stand in its own way', async () => {
    const customer = await shop.customer();
    const [first, second] = [await notify(customer, 'news'), await notify(customer, 'news')];
    await waitAfter(silence, first);
    const another = { ...second, dueAt: tenOClock + 25 * hour };
    const spent = { status: 'deferred', reason: 'allowance-spent', until: tenOClock + 48 * hour };
    expect(await shop.deliver([another])).toEqual([spent]);
    shop.clock.time += 15 * 60_000;
    expect(await shop.deliver([first])).toMatchObject([{ status: 'sent' }]);
  });

  it('does not leave an instant of sending when it was refused', async () => {
    const request = await notify();
    const email = listeningChannel('email', async () => rejected('550', true));
    const answers = await shop.anotherDeliver({ channels: [email] })([request]);
    expect(answers).toEqual([{ status: 'failed', code: 'rejected-by-provider' }]);
    expect((await shop.row(request)).sending_at).toBeNull();
  });
});
