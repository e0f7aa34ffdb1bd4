import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  accepted,
  ambiguous,
  throttled,
  type Acceptance,
  type Channel,
} from '../../delivery/channels/channel.ts';
import type { Notice } from '../../delivery/channels/receipts.ts';
import { createLedgerSetting } from '../../delivery/create-ledger-setting.ts';
import { createSettler, type SettlerDependencies } from '../../delivery/ledger/settler.ts';
import { listUnknowns } from '../../client/list-unknowns.ts';
import { readStatus } from '../../client/read-status.ts';
import { recordExit } from '../../store/record-exit.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { smsTo } from '../channels/twilio-channels.ts';
import { turnstile } from '../kit/turnstile.ts';
import { startTwilioServer } from '../kit/twilio-server.ts';
import {
  campaignRequestOf,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  tenOClock,
  type DeliveryShop,
} from './delivery-shop.ts';

const minute = 60_000;
let shop: DeliveryShop;
/** When the provider was asked about a message, in minutes after it was sent. */
let asked: number[];
let knows: Acceptance | undefined;
let unreachable: boolean;
let wallTime: number;

beforeAll(async () => {
  shop = await openDeliveryShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  asked = [];
  knows = undefined;
  unreachable = false;
  wallTime = Date.now();
  shop.clock.time = tenOClock;
  for (const table of ['look_ups', 'delivery_attempts', 'deliveries']) {
    await sql.raw(`delete from ${table}`).execute(shop.db);
  }
});

const silent: Channel = {
  connection: 'silent',
  medium: 'email',
  send: async () => ambiguous('hung up'),
  async lookUp() {
    asked.push((shop.clock.time - tenOClock) / minute);
    if (unreachable) throw new Error('away');
    return knows;
  },
};

function settlerWith(
  channels: readonly Channel[],
  tell: (notices: readonly Notice[]) => void = () => undefined,
  more: Partial<SettlerDependencies> = {},
) {
  const setting = createLedgerSetting({ ...shop.deps, channels, wall: { now: () => wallTime } });
  return createSettler({ db: shop.db, setting, tell: async (_, notices) => tell(notices), ...more });
}

async function deliverSilently(message: 'reminder' | 'receipt' = 'reminder') {
  const request = requestOf(await shop.enrolment(await shop.customer()), { message });
  const outcome = await shop.anotherDeliver({ channels: [silent] })([request]);
  return { request, outcome };
}

async function passEvery(minutes: number, until: number, settler = settlerWith([silent])): Promise<void> {
  while (shop.clock.time < tenOClock + until * minute) {
    shop.clock.time += minutes * minute;
    await settler.pass();
  }
}

describe('a message whose outcome is unknown', () => {
  it('is asked about after 1, 5, 15 minutes, an hour and a day, and stays listed', async () => {
    const { request } = await deliverSilently();
    await passEvery(1, 90);
    await passEvery(60, 3 * 24 * 60);
    expect(asked).toHaveLength(5);
    expect(asked.slice(0, 4)).toEqual([1, 5, 15, 60]);
    expect(asked[4]).toBeGreaterThanOrEqual(24 * 60);
    expect(asked[4]).toBeLessThanOrEqual(25 * 60 + 30);
    const row = await shop.row(request);
    expect(await listUnknowns(shop.db)).toMatchObject([
      { delivery: row.id, detail: 'hung up', lookUps: 5, lastLookUp: 'not-found', nextLookUpAt: null },
    ]);
  });

  it('is listed with what is known and when its provider is asked next, and counted', async () => {
    await deliverSilently();
    expect(await listUnknowns(shop.db)).toMatchObject([
      {
        sendingAt: tenOClock,
        connection: 'silent',
        detail: 'hung up',
        lookUps: 0,
        nextLookUpAt: tenOClock + minute,
      },
    ]);
    expect((await readStatus(shop.db)).unknown).toEqual({ count: 1, asking: 1, oldestAt: tenOClock });
  });

  it('is settled by what the provider has, and asked about no more', async () => {
    const { request } = await deliverSilently();
    await passEvery(1, 2);
    knows = accepted('found-it');
    await passEvery(1, 10);
    expect(await shop.row(request)).toMatchObject({ state: 'accepted', provider_id: 'found-it' });
    expect(asked).toEqual([1, 5]);
    await passEvery(60, 2 * 24 * 60);
    expect(asked).toEqual([1, 5]);
    expect(await listUnknowns(shop.db)).toEqual([]);
    expect(await shop.db.selectFrom('look_ups').selectAll().execute()).toEqual([]);
  });

  it('is asked about again soon when its provider cannot be reached', async () => {
    await deliverSilently();
    unreachable = true;
    await passEvery(1, 31);
    expect(asked).toEqual([1, 5, 10, 15, 20, 25, 30]);
  });

  it('of class must is found before it would be sent again', async () => {
    const { request, outcome } = await deliverSilently('receipt');
    expect(outcome).toMatchObject([{ status: 'deferred' }]);
    knows = accepted('found-it');
    await passEvery(1, 1);
    expect(await shop.anotherDeliver({ channels: [silent] })([request])).toMatchObject([{ status: 'sent' }]);
  });

  it('of class must that went twice is settled by either request', async () => {
    const forgetful: Channel = {
      ...silent,
      lookUp: async ({ requestedAt }) =>
        knows !== undefined && requestedAt === tenOClock ? accepted('the-first') : undefined,
    };
    const deliver = shop.anotherDeliver({ channels: [forgetful] });
    const request = requestOf(await shop.enrolment(await shop.customer()), { message: 'receipt' });
    await deliver([request]);
    shop.clock.time += 16 * minute;
    expect(await deliver([request])).toMatchObject([{ status: 'unknown' }]);
    knows = accepted('the-first');
    await passEvery(1, 18, settlerWith([forgetful]));
    expect(await shop.row(request)).toMatchObject({ state: 'accepted', provider_id: 'the-first' });
  });
});

/** As a worker leaves it that dies beyond the point of no return. */
async function abandon(message: 'reminder' | 'receipt'): Promise<SendRequest> {
  const { request } = await deliverSilently(message);
  const { id } = await shop.row(request);
  await sql`update deliveries set state = 'sending', settled_at = null, deferred_until = null where id = ${id}`.execute(
    shop.db,
  );
  await sql`update delivery_attempts set state = 'sending', settled_at = null where delivery_id = ${id}`.execute(
    shop.db,
  );
  await sql`delete from look_ups`.execute(shop.db);
  return request;
}

/** Whatever reads the table meanwhile fails, and everything else goes on. */
async function withoutTable(name: string, work: () => Promise<unknown>): Promise<void> {
  const rename = (from: string, to: string) =>
    sql.raw(`alter table ${from} rename to ${to}`).execute(shop.db);
  await rename(name, `${name}_away`);
  try {
    await work();
  } finally {
    await rename(`${name}_away`, name);
  }
}

describe('an attempt whose worker is gone', () => {
  it.each([
    ['reminder', 'unknown'],
    ['receipt', 'deferred'],
  ] as const)('is settled without its run: %s becomes %s', async (message, state) => {
    const request = await abandon(message);
    const settler = settlerWith([silent]);
    await settler.pass();
    expect((await shop.row(request)).state).toBe('sending');
    wallTime += 61_000;
    await settler.pass();
    expect((await shop.row(request)).state).toBe(state);
  });

  it('is settled later when its provider cannot be asked now, and holds up nobody', async () => {
    const first = await abandon('reminder');
    unreachable = true;
    const settler = settlerWith([silent]);
    wallTime += 61_000;
    await settler.pass();
    expect((await shop.row(first)).state).toBe('sending');
    unreachable = false;
    await settler.pass();
    expect((await shop.row(first)).state).toBe('unknown');
  });

  describe('and whose provider has not answered for a quarter of an hour', () => {
    const afterTheLease = async (minutes: number) => {
      const request = await abandon('reminder');
      wallTime = Date.now() + minute + minutes * minute;
      return request;
    };

    it('is unknown when the provider is away: that is silence', async () => {
      const request = await afterTheLease(16);
      unreachable = true;
      await settlerWith([silent]).pass();
      expect(await shop.row(request)).toMatchObject({ state: 'unknown' });
      expect(await listUnknowns(shop.db)).toMatchObject([{ detail: 'the answer was lost with its worker' }]);
    });

    it('is not unknown while the quarter of an hour lasts', async () => {
      const request = await afterTheLease(14);
      unreachable = true;
      await settlerWith([silent]).pass();
      expect((await shop.row(request)).state).toBe('sending');
    });

    it('is not unknown because a stop gave the question up', async () => {
      const request = await afterTheLease(16);
      const hung = vi.fn(() => new Promise<undefined>(() => undefined));
      const settler = settlerWith([{ ...silent, lookUp: hung }], undefined, {
        leads: () => true,
        everyMs: 10,
      });
      settler.start();
      await vi.waitUntil(() => hung.mock.calls.length > 0, { timeout: 10_000 });
      await settler.stop();
      expect((await shop.row(request)).state).toBe('sending');
    });

    it('is not unknown because the database failed before anybody could be asked', async () => {
      const request = await afterTheLease(16);
      await withoutTable('contact_points', () => settlerWith([silent]).pass());
      expect(asked).toEqual([]);
      expect((await shop.row(request)).state).toBe('sending');
    });
  });

  it('that waited for a run that has ended is unknown, not forgotten', async () => {
    const request = await abandon('receipt');
    await recordExit(shop.db, {
      enrolment: request.sendKey.split('/')[0] ?? '',
      reason: 'over',
      at: tenOClock,
    });
    wallTime += 61_000;
    const settler = settlerWith([silent]);
    await settler.pass();
    expect((await shop.row(request)).state).toBe('deferred');
    shop.clock.time += 26 * minute;
    await settler.pass();
    expect(await shop.row(request)).toMatchObject({ state: 'unknown', reason: null, deferred_until: null });
  });
});

describe('a provider that takes its time', () => {
  const abandonedLately = async () => {
    const request = await abandon('reminder');
    wallTime = Date.now() + 61_000;
    return request;
  };
  const unknownForAMinute = async () => {
    shop.clock.time = tenOClock;
    const { request } = await deliverSilently();
    shop.clock.time += minute;
    return request;
  };
  const questions = [
    ['about attempts whose worker is gone', abandonedLately, 'sending'],
    ['about messages whose outcome is unknown', unknownForAMinute, 'unknown'],
  ] as const;

  it.each(questions)('is asked %s, five at a time and never more', async (_, prepare) => {
    const requests: SendRequest[] = [];
    while (requests.length < 12) requests.push(await prepare());
    const heard: string[] = [];
    const [first, open] = [turnstile(), new Set<string>()];
    let most = 0;
    const slow: Channel = {
      ...silent,
      async lookUp({ sendId }) {
        heard.push(sendId);
        most = Math.max(most, open.add(sendId).size);
        await (heard.length === 1 ? first.passed : sleep(20));
        open.delete(sendId);
        return accepted(sendId);
      },
    };
    const passing = settlerWith([slow]).pass();
    // The first one hangs, and holds up none of the others.
    await vi.waitUntil(() => heard.length === requests.length, { timeout: 10_000 });
    first.open();
    await passing;
    expect(most).toBe(5);
    for (const request of requests) expect((await shop.row(request)).state).toBe('accepted');
  });

  it.each(questions)('%s, is not waited for by a stop, and the next one asks', async (_, prepare, state) => {
    const request = await prepare();
    const lookUps = () => shop.db.selectFrom('look_ups').selectAll().execute();
    const before = await lookUps();
    const hung = vi.fn(() => new Promise<undefined>(() => undefined));
    const settler = settlerWith([{ ...silent, lookUp: hung }], undefined, { leads: () => true, everyMs: 10 });
    settler.start();
    await vi.waitUntil(() => hung.mock.calls.length > 0, { timeout: 10_000 });
    const stopped = Date.now();
    await settler.stop();
    expect(Date.now() - stopped).toBeLessThan(5000);
    expect((await shop.row(request)).state).toBe(state);
    expect(await lookUps()).toEqual(before);

    knows = accepted('found-it');
    await settlerWith([silent]).pass();
    expect(await shop.row(request)).toMatchObject({ state: 'accepted', provider_id: 'found-it' });
  });
});

describe('a message that waits for a run that has ended', () => {
  async function wait(): Promise<SendRequest> {
    const { request } = await deliverSilently('receipt');
    const { id } = await shop.row(request);
    await sql`delete from delivery_attempts where delivery_id = ${id}`.execute(shop.db);
    return request;
  }

  it('is skipped, and says why', async () => {
    const request = await wait();
    const enrolment = request.sendKey.split('/')[0] ?? '';
    await sql`update enrolments set state = 'closed', exited_at = opened_at where id = ${enrolment}`.execute(
      shop.db,
    );
    shop.clock.time += 26 * minute;
    await settlerWith([silent]).pass();
    expect(await shop.row(request)).toMatchObject({ state: 'skipped', reason: 'journey-ended' });
  });

  it('and was for a campaign says so', async () => {
    const occurrence = await shop.occurrence();
    const request = campaignRequestOf(await shop.recipient(occurrence, await shop.customer()), {
      message: 'receipt',
    });
    const busy = listeningChannel('email', async () => throttled(minute, '429'));
    await shop.anotherDeliver({ channels: [busy] })([request]);
    await sql`update campaign_occurrences set state = 'cancelled' where id = ${occurrence}`.execute(shop.db);
    shop.clock.time += 26 * minute;
    await settlerWith([silent]).pass();
    const row = await shop.row(request);
    expect(row).toMatchObject({ state: 'skipped', reason: 'campaign-not-running' });
    expect(row.trace.at(-1)).toMatchObject({ gate: 'campaign-live', reason: 'campaign-not-running' });
  });

  it('is left to its run while that goes on', async () => {
    const request = await wait();
    shop.clock.time += 26 * minute;
    await settlerWith([silent]).pass();
    expect((await shop.row(request)).state).toBe('deferred');
  });
});

it('asks Twilio about a text message whose receipts do not come, and passes on what it says', async () => {
  const twilio = await startTwilioServer({ callbacks: 'never', now: () => shop.clock.time });
  const channel = smsTo(twilio);
  const customer = await shop.customer({ email: null, phone: '+447700900555', country: 'GB' });
  const request = requestOf(await shop.enrolment(customer), { message: 'receipt' });
  expect(await shop.anotherDeliver({ channels: [channel] })([request])).toMatchObject([{ status: 'sent' }]);

  const told: Notice[] = [];
  const settler = settlerWith([channel], (notices) => told.push(...notices));
  await settler.pass();
  expect(told).toEqual([]);
  wallTime += 17 * minute;
  shop.clock.time += 17 * minute;
  await settler.pass();
  const row = await shop.row(request);
  expect(told).toMatchObject([{ kind: 'delivered', sendId: row.id, providerId: row.provider_id }]);
  // The receipt, if it comes after all, has the same id and changes nothing.
  expect(told[0]?.id).toBe(`${row.provider_id}|delivered|`);
  await twilio.close();
});
