import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendRequest } from '../../domain/delivery.ts';
import { isPerennialError } from '../../domain/perennial-error.ts';
import type { DatabaseTransaction } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { turnstile } from '../kit/turnstile.ts';
import { pause, resume } from '../../store/pauses.ts';
import { suppress } from '../../client/suppress.ts';
import { accepted, type EarlierRequest } from '../../delivery/channels/channel.ts';
import {
  hour,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  sayConsent,
  sealEnrolment,
  tenOClock,
  type DeliveryShop,
} from './delivery-shop.ts';
import { createMeanwhile } from './meanwhile.ts';

let shop: DeliveryShop;
const { meanwhile, messages } = createMeanwhile();

beforeAll(async () => {
  shop = await openDeliveryShop({ messages });
});
afterAll(() => shop.close());
beforeEach(async () => {
  meanwhile.reset();
  await resume(shop.db, { scope: 'everything' });
  shop.clock.time = tenOClock;
  shop.email.heard.length = 0;
});

describe('what happens while a message is being written is seen', () => {
  it.each([
    [
      'the journey ends',
      { status: 'skipped', reason: 'journey-ended' },
      (_: string, enrolment: string) => sealEnrolment(shop.db, enrolment),
    ],
    [
      'the customer withdraws',
      { status: 'skipped', reason: 'no-consent' },
      async (customer: string) => sayConsent(shop.db, customer, 'email', 'withdrawn', tenOClock),
    ],
    [
      'the person is suppressed',
      { status: 'skipped', reason: 'suppressed' },
      (customer: string) => suppress(shop.db, customer, { reason: 'test', now: tenOClock }),
    ],
    [
      'the address is suppressed',
      { status: 'skipped', reason: 'suppressed' },
      (customer: string) => suppress(shop.db, `${customer}@example.com`, { reason: 'test', now: tenOClock }),
    ],
    [
      'everything is paused',
      { status: 'deferred', reason: 'paused', until: tenOClock + 300_000 },
      () => pause(shop.db, { scope: 'everything' }, { at: tenOClock }),
    ],
    [
      'another journey writes to them',
      { status: 'deferred', reason: 'frequency-cap', until: tenOClock + 24 * hour },
      async (customer: string) => {
        meanwhile.reset();
        await shop.deliver([requestOf(await shop.enrolment(customer, 'other'))]);
      },
    ],
  ] as const)('%s', async (_, outcome, change) => {
    const customer = await shop.customer();
    const enrolment = await shop.enrolment(customer);
    meanwhile.happens = () => change(customer, enrolment);
    expect(await shop.deliver([requestOf(enrolment)])).toEqual([outcome]);
    expect(shop.email.heard.filter((each) => each.to.address.startsWith(customer)).length).toBe(
      outcome.status === 'deferred' && outcome.reason === 'frequency-cap' ? 1 : 0,
    );
  });

  it.each([
    ['a new address: it is written again, behind the lock of that address', 'email', 2],
    ['a new address elsewhere: it is not written again', 'phone', 1],
  ] as const)('%s', async (_, kind, times) => {
    const customer = await shop.customer({ phone: '+447700900201' });
    const address = kind === 'email' ? `new-${customer}@example.com` : '+447700900202';
    let written = 0;
    meanwhile.happens = async () => {
      written++;
      await shop.db
        .updateTable('contact_points')
        .set({ address, address_key: address })
        .where('customer_id', '=', customer)
        .where('kind', '=', kind)
        .execute();
    };
    expect(await shop.deliver([requestOf(await shop.enrolment(customer))])).toMatchObject([
      { status: 'sent' },
    ]);
    const reached = kind === 'email' ? address : `${customer}@example.com`;
    expect(shop.email.heard.map((each) => each.to.address)).toEqual([reached]);
    expect(written).toBe(times);
  });

  it('a new address that another message is on its way to: the cap of that address holds', async () => {
    const [customer, other] = [await shop.customer(), await shop.customer()];
    meanwhile.happens = async () => {
      meanwhile.reset();
      const address = `${other}@example.com`;
      await shop.db
        .updateTable('contact_points')
        .set({ address, address_key: address })
        .where('customer_id', '=', customer)
        .execute();
      await shop.deliver([requestOf(await shop.enrolment(other))]);
    };
    expect(await shop.deliver([requestOf(await shop.enrolment(customer))])).toMatchObject([
      { status: 'deferred', reason: 'frequency-cap' },
    ]);
    expect(shop.email.heard).toHaveLength(1);
  });

  it('a merge: the message goes to whom the customer is now, and counts for them', async () => {
    const [from, into] = [await shop.customer(), await shop.customer()];
    const enrolment = await shop.enrolment(from);
    meanwhile.happens = async () => {
      meanwhile.reset();
      await shop.db
        .updateTable('enrolments')
        .set({ customer_id: into })
        .where('id', '=', enrolment)
        .execute();
      await shop.db
        .updateTable('customers')
        .set({ state: 'merged', merged_into: into })
        .where('id', '=', from)
        .execute();
    };
    const request = requestOf(enrolment);
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent' }]);
    expect(shop.email.heard.map((each) => each.to.address)).toEqual([`${into}@example.com`]);
    expect((await shop.row(request)).customer_id).toBe(into);
  });

  it('a merge: what is not sent is written down for whom the customer is now', async () => {
    const [from, into] = [await shop.customer(), await shop.customer()];
    const enrolment = await shop.enrolment(from);
    meanwhile.happens = async () => {
      meanwhile.reset();
      await shop.db
        .updateTable('enrolments')
        .set({ customer_id: into })
        .where('id', '=', enrolment)
        .execute();
    };
    const request = requestOf(enrolment, { say: '' });
    expect(await shop.deliver([request])).toEqual([{ status: 'skipped', reason: 'nothing-to-say' }]);
    expect((await shop.row(request)).customer_id).toBe(into);
  });

  it('a loss of consent for e-mail: it is written again as a text message', async () => {
    const customer = await shop.customer({ phone: '+447700900200' });
    meanwhile.happens = async () => {
      meanwhile.reset();
      await sayConsent(shop.db, customer, 'email', 'withdrawn', tenOClock);
    };
    const outcome = await shop.deliver([requestOf(await shop.enrolment(customer))]);
    expect(outcome).toMatchObject([{ status: 'sent', channel: 'sms' }]);
  });
});

/** As intake does: lock the customer, write, commit when told to. */
async function holdCustomer(customer: string, write: (trx: DatabaseTransaction) => Promise<void>) {
  const locked = turnstile();
  const released = turnstile();
  const done = shop.db.transaction().execute(async (trx) => {
    await sql`select id from customers where id = ${customer}::uuid for no key update`.execute(trx);
    await write(trx);
    locked.open();
    await released.passed;
  });
  await locked.passed;
  return async () => {
    released.open();
    await done;
  };
}

describe('a transaction that is still open when the message reaches its point of no return', () => {
  it.each([
    [
      'an order',
      'journey-ended',
      (_: string, enrolment: string) => async (trx: DatabaseTransaction) => {
        await sql`update enrolments set state = 'sealed', seal_reason = 'order.placed' where id = ${enrolment}::uuid`.execute(
          trx,
        );
      },
    ],
    [
      'a withdrawal',
      'no-consent',
      (customer: string) => async (trx: DatabaseTransaction) => {
        await sql`
        insert into consents (id, customer_id, channel, purpose, state, basis, occurred_at, event_id)
        values (${newId()}, ${customer}, 'email', 'marketing', 'withdrawn', 'test', ${new Date(tenOClock)}, 'e')
      `.execute(trx);
      },
    ],
  ] as const)('is waited for: %s that commits first wins', async (_, reason, write) => {
    const customer = await shop.customer();
    const enrolment = await shop.enrolment(customer);
    const commit = await holdCustomer(customer, write(customer, enrolment));
    const delivering = shop.deliver([requestOf(enrolment)]);
    const first = await Promise.race([delivering, sleep(400, 'waits')]);
    expect(first).toBe('waits');
    await commit();
    expect(await delivering).toEqual([{ status: 'skipped', reason }]);
    expect(shop.email.heard).toHaveLength(0);
  });

  it('for a suppression of the address, by way of somebody else, is waited for too', async () => {
    const customer = await shop.customer({ email: 'household@example.com' });
    const enrolment = await shop.enrolment(customer);
    const gate = turnstile();
    const holding = shop.db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('household@example.com', 0))`.execute(trx);
      await sql`
        insert into suppressions (id, address_key, scope, reason, at)
        values (${newId()}, 'household@example.com', 'marketing', 'complaint', ${new Date(tenOClock)})
      `.execute(trx);
      await gate.passed;
    });
    await sleep(100);
    const delivering = shop.deliver([requestOf(enrolment)]);
    expect(await Promise.race([delivering, sleep(400, 'waits')])).toBe('waits');
    gate.open();
    await holding;
    expect(await delivering).toEqual([{ status: 'skipped', reason: 'suppressed' }]);
  });
});

describe('many at once', () => {
  it('never bring a customer, or an address that two share, over the cap', async () => {
    const crowd = await insertCrowd(1000);
    const first = crowd.filter(({ journey }) => journey === 'one').map(({ id }) => requestOf(id));
    const second = crowd.filter(({ journey }) => journey === 'other').map(({ id }) => requestOf(id));
    const another = shop.anotherDeliver();
    await Promise.all([shop.deliver(first), another(second.reverse())]);
    const { rows } = await sql<{ most: number; sent: number }>`
      select max(count)::int as most, sum(count)::int as sent
      from (
        select address_key, count(*) from deliveries
        where state = 'accepted' and address_key like 'crowd-%' group by address_key
      ) by_address
    `.execute(shop.db);
    expect(rows).toEqual([{ most: 1, sent: 500 }]);
  });

  it('of the same send key are one message', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const workers = Array.from({ length: 6 }, () => shop.anotherDeliver());
    const answers = await Promise.allSettled(workers.map((deliver) => deliver([request, request])));
    for (const answer of answers) {
      if (answer.status === 'fulfilled')
        expect(answer.value).toMatchObject([{ status: 'sent' }, { status: 'sent' }]);
      else expect(isPerennialError(answer.reason) && answer.reason.code).toBe('delivery-in-flight');
    }
    expect(shop.email.heard).toHaveLength(1);
  });

  /** Two people to an address, each in two journeys. */
  async function insertCrowd(size: number): Promise<readonly { id: string; journey: string }[]> {
    const at = new Date(tenOClock - hour);
    const { rows } = await sql<{ id: string; journey: string }>`
      with crowd as (
        insert into customers (id, created_at)
        select gen_random_uuid(), ${at} from generate_series(1, ${size}::integer) returning id
      ),
      addressed as (
        select id, 'crowd-' || (row_number() over () - 1) / 2 || '@example.com' as address from crowd
      ),
      contacts as (
        insert into contact_points (customer_id, kind, address, address_key, occurred_at)
        select id, 'email', address, address, ${at} from addressed
      ),
      consents as (
        insert into consents (id, customer_id, channel, purpose, state, basis, occurred_at, event_id)
        select gen_random_uuid(), id, 'email', 'marketing', 'granted', 'test', ${at}, 'test' from crowd
      )
      insert into enrolments (id, journey, version, key, entry, customer_id, opened_at, due_at, fact)
      select gen_random_uuid(), journey, 1, id::text, 1, id, ${at}, ${at}, '{}'
      from crowd, unnest(array['one', 'other']) as journey
      returning id, journey
    `.execute(shop.db);
    return rows;
  }
});

describe('a worker that dies or sleeps after the point of no return', () => {
  const wall = { time: Date.parse('2026-01-01T00:00:00Z'), now: () => wall.time };

  /** Asks a provider that never answers, and gives the worker up. */
  async function abandon(request: SendRequest, medium: 'email' | 'sms' = 'email') {
    const late = turnstile();
    const channel = {
      ...listeningChannel(medium, async ({ sendId }) => {
        await late.passed;
        return accepted(sendId);
      }),
      connection: 'listening-email',
    };
    const dying = shop
      .anotherDeliver({ channels: [channel], wall })([request])
      .catch((error: unknown) => error);
    await vi.waitUntil(() => channel.heard.length > 0, { timeout: 5000 });
    return { answerLate: late.open, dying };
  }

  const laterBy = (milliseconds: number) => ({ wall: { now: () => wall.time + milliseconds } });

  it('leaves a row that others keep their hands off until its lease is over', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const neighbour = requestOf(await shop.enrolment(await shop.customer()));
    const { answerLate, dying } = await abandon(request);
    const early = shop.anotherDeliver(laterBy(44_000));
    await expect(early([request, neighbour])).rejects.toMatchObject({
      code: 'delivery-in-flight',
      retryable: true,
    });
    expect((await shop.row(neighbour)).state).toBe('accepted');
    answerLate();
    await dying;
    expect(await early([request])).toMatchObject([{ status: 'sent' }]);
  });

  it('leaves a message of class once unknown: listed, and never sent again', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const { answerLate, dying } = await abandon(request);
    const after = shop.anotherDeliver(laterBy(46_000));
    expect(await after([request])).toEqual([{ status: 'unknown' }]);
    expect(await after([request])).toEqual([{ status: 'unknown' }]);
    expect(shop.email.heard).toHaveLength(0);
    // Late evidence still settles it.
    answerLate();
    await dying;
    expect(await after([request])).toMatchObject([{ status: 'sent' }]);
  });

  it('leaves a message of class must to be sent once more', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()), { message: 'receipt' });
    const { answerLate, dying } = await abandon(request);
    const after = shop.anotherDeliver(laterBy(46_000));
    // Evidence is waited for as long as after a provider that kept silent.
    const until = tenOClock + 15 * 60_000;
    expect(await after([request])).toEqual([{ status: 'deferred', until, reason: 'provider-busy' }]);
    expect(shop.email.heard).toHaveLength(0);
    shop.clock.time = until;
    expect(await after([request])).toMatchObject([{ status: 'sent' }]);
    expect(shop.email.heard).toHaveLength(1);
    answerLate();
    await dying;
    expect(
      await shop.db
        .selectFrom('delivery_attempts')
        .select('state')
        .where('delivery_id', '=', (await shop.row(request)).id)
        .orderBy('attempt')
        .execute(),
    ).toEqual([{ state: 'accepted' }, { state: 'accepted' }]);
  });

  it('does not send class must again when the provider has it and only the ledger could not be written', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()), { message: 'receipt' });
    const { answerLate, dying } = await abandon(request);
    const after = shop.anotherDeliver(laterBy(46_000));
    await after([request]);
    shop.clock.time = tenOClock + 15 * 60_000;
    const knows = { ...shop.email, lookUp: async ({ sendId }: EarlierRequest) => accepted(sendId) };
    const asking = shop.anotherDeliver({ ...laterBy(46_000), channels: [knows] });
    await sql`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'no room'; end $$
    `.execute(shop.db);
    await sql`create trigger refuses before update on delivery_attempts execute function refuse()`.execute(
      shop.db,
    );
    await expect(asking([request])).rejects.toThrow('no room');
    await sql`drop trigger refuses on delivery_attempts`.execute(shop.db);
    expect(await asking([request])).toMatchObject([{ status: 'sent' }]);
    expect(shop.email.heard).toHaveLength(0);
    answerLate();
    await dying;
  });

  it('is answered by the provider, where that can tell', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const { answerLate, dying } = await abandon(request);
    const knows = { ...shop.email, lookUp: async ({ sendId }: EarlierRequest) => accepted(sendId) };
    const after = shop.anotherDeliver({ ...laterBy(46_000), channels: [knows] });
    expect(await after([request])).toMatchObject([{ status: 'sent', channel: 'email' }]);
    expect(shop.email.heard).toHaveLength(0);
    answerLate();
    await dying;
  });

  it('does not hold up its neighbours when the provider cannot be asked', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const neighbour = requestOf(await shop.enrolment(await shop.customer()));
    const { answerLate, dying } = await abandon(request);
    const down = { ...shop.email, lookUp: () => Promise.reject(new Error('provider away')) };
    const after = shop.anotherDeliver({ ...laterBy(46_000), channels: [down] });
    await expect(after([request, neighbour])).rejects.toMatchObject({ code: 'provider-unreachable' });
    expect((await shop.row(neighbour)).state).toBe('accepted');
    expect((await shop.row(request)).state).toBe('sending');
    answerLate();
    await dying;
  });

  it('is listed as unknown when the provider stays away, and not sent again', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const { answerLate, dying } = await abandon(request);
    const down = { ...shop.email, lookUp: () => Promise.reject(new Error('provider away')) };
    const after = shop.anotherDeliver({ ...laterBy(17 * 60_000), channels: [down] });
    expect(await after([request])).toEqual([{ status: 'unknown' }]);
    expect(shop.email.heard).toHaveLength(0);
    answerLate();
    await dying;
  });

  it('does not act on a lease that is over when it wakes up', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    // The wall clock jumps by a minute at each look, as it does for a process that was stopped.
    const jumpy = { now: () => (wall.time += 60_000) };
    await expect(shop.anotherDeliver({ wall: jumpy })([request])).rejects.toMatchObject({
      code: 'delivery-in-flight',
    });
    expect(shop.email.heard).toHaveLength(0);
  });
});
