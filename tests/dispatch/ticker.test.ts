import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTicker } from '../../dispatch/ticker.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import type { JourneyDefinition } from '../../domain/journey.ts';
import type { RoutingNote } from '../../domain/routing-note.ts';
import { newId } from '../../store/new-id.ts';
import { timestamp } from '../../store/database.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const birthday: JourneyDefinition = {
  name: 'birthday',
  version: 1,
  startsOn: { date: 'birthday', at: '09:00', daysBefore: 7 },
  key: () => 'one',
  endsOn: [],
  reentry: 'once-per-key',
};
const winBack: JourneyDefinition = {
  name: 'win-back',
  version: 1,
  startsOn: { daily: 'no-order-for', days: 60, at: '08:00' },
  key: () => 'one',
  endsOn: [],
  reentry: 'once-per-key',
};

let database: TestDatabase;
let now: Instant;
let opened: { customer: string; dueAt: string }[];
let notes: RoutingNote[];
let logged: object[];

beforeEach(async () => {
  database = await createTestDatabase();
  opened = [];
  notes = [];
  logged = [];
});
afterEach(async () => database.close());

function ticker(...journeys: JourneyDefinition[]) {
  return createTicker({
    db: database.db,
    journeys,
    clock: { now: () => now },
    home: { timeZone: 'Europe/London' },
    log: { info: (details) => logged.push(details), warn: (details) => logged.push(details) },
    intake: {
      async openEnrolments(arrivals) {
        for (const { customer, fact } of arrivals) opened.push({ customer, dueAt: toIso(fact.at) });
        return notes;
      },
    },
  });
}

async function customer(timeZone?: string): Promise<string> {
  const id = newId();
  await database.db
    .insertInto('customers')
    .values({ id, created_at: timestamp(0), ...(timeZone && { time_zone: timeZone }) })
    .execute();
  return id;
}

async function bornOn(id: string, day: string): Promise<void> {
  await database.db
    .insertInto('customer_dates')
    .values({ customer_id: id, name: 'birthday', on_date: day, occurred_at: timestamp(0) })
    .execute();
}

async function orderedAt(id: string, at: string): Promise<void> {
  await database.db
    .insertInto('orders')
    .values({ id: newId(), order_id: newId(), customer_id: id, state: 'placed', placed_at: new Date(at) })
    .execute();
}

describe('a date of the customer’s', () => {
  test('begins at the hour of the customer’s own zone, seven days before', async () => {
    const mina = await customer('Asia/Seoul');
    const tom = await customer();
    await bornOn(mina, '1990-07-08');
    await bornOn(tom, '1985-07-08');
    now = Date.parse('2026-06-30T10:00:00Z');

    expect(await ticker(birthday).tick()).toBe(2);

    expect(opened).toEqual([
      { customer: mina, dueAt: '2026-07-01T00:00:00Z' },
      { customer: tom, dueAt: '2026-07-01T08:00:00Z' },
    ]);
  });

  test('is looked up before that day begins anywhere, and not sooner', async () => {
    const kiribati = await customer('Pacific/Kiritimati');
    await bornOn(kiribati, '1990-07-08');
    now = Date.parse('2026-06-30T09:59:59Z');
    await ticker(birthday).tick();
    expect(opened).toEqual([]);
    expect(toIso(ticker(birthday).next(now) ?? 0)).toBe('2026-06-30T10:00:00Z');
  });

  test('of 29 February comes on the 28th in other years, and once in a leap year', async () => {
    await bornOn(await customer(), '2000-02-29');
    now = Date.parse('2027-02-20T10:00:00Z');
    await ticker(birthday).tick();
    now = Date.parse('2027-02-21T10:00:00Z');
    await ticker(birthday).tick();
    expect(opened.map(({ dueAt }) => dueAt)).toEqual(['2027-02-21T09:00:00Z']);

    opened = [];
    for (const day of ['20', '21', '22']) {
      now = Date.parse(`2028-02-${day}T10:00:00Z`);
      await ticker(birthday).tick();
    }
    expect(opened.map(({ dueAt }) => dueAt)).toEqual(['2028-02-22T09:00:00Z']);
  });

  test('keeps its local hour on the weekend on which the clocks change', async () => {
    await bornOn(await customer(), '1990-04-05');
    now = Date.parse('2026-03-28T10:00:00Z');
    await ticker(birthday).tick();
    expect(opened.map(({ dueAt }) => dueAt)).toEqual(['2026-03-29T08:00:00Z']);
  });
});

describe('a time that a spring night leaves out', () => {
  test('comes when the clocks jump over it, as it does for campaigns', () => {
    const early = { ...winBack, startsOn: { daily: 'no-order-for', days: 60, at: '01:30' } } as const;
    now = Date.parse('2026-03-28T12:00:00Z');
    expect(toIso(ticker(early).next(now) ?? 0)).toBe('2026-03-29T01:00:00Z');
  });
});

describe('a daily question', () => {
  test('finds who has not ordered for sixty days, and not who has', async () => {
    const lapsed = await customer();
    const loyal = await customer();
    await orderedAt(lapsed, '2026-01-01T12:00:00Z');
    await orderedAt(loyal, '2026-01-01T12:00:00Z');
    await orderedAt(loyal, '2026-02-20T12:00:00Z');
    now = Date.parse('2026-03-03T08:00:00Z');

    await ticker(winBack).tick();

    expect(opened).toEqual([{ customer: lapsed, dueAt: '2026-03-03T08:00:00Z' }]);
  });

  test('is asked once a day, by however many processes and restarts', async () => {
    await orderedAt(await customer(), '2026-01-01T12:00:00Z');
    now = Date.parse('2026-03-03T08:00:30Z');
    const [one, two] = [ticker(winBack), ticker(winBack)];
    await Promise.all([one.tick(), two.tick(), one.tick()]);
    await ticker(winBack).tick();
    expect(opened).toHaveLength(1);
  });

  test('is still asked when everything was down for some hours, and not after a day', async () => {
    await orderedAt(await customer(), '2026-01-01T12:00:00Z');
    now = Date.parse('2026-03-03T15:00:00Z');
    await ticker(winBack).tick();
    expect(opened).toHaveLength(1);
    const { rows } = { rows: await database.db.selectFrom('ticks').selectAll().execute() };
    expect(rows.map((row) => row.day)).toEqual(['2026-03-03']);
  });

  test('does not find again whom it found for the same lapse', async () => {
    const id = await customer();
    await orderedAt(id, '2026-01-01T12:00:00Z');
    await database.db
      .insertInto('enrolments')
      .values({
        id: newId(),
        journey: 'win-back',
        version: 1,
        key: id,
        entry: 1,
        customer_id: id,
        opened_at: new Date('2026-03-03T08:00:00Z'),
        due_at: new Date('2026-03-03T08:00:00Z'),
        fact: '{}',
      })
      .execute();
    now = Date.parse('2026-03-04T08:00:00Z');
    await ticker(winBack).tick();
    expect(opened).toEqual([]);
  });
});

describe('a journey with several versions', () => {
  test('is asked by the newest, whatever the order, and not by one that nobody enters any more', async () => {
    const lapsed = await customer();
    await orderedAt(lapsed, '2026-01-01T12:00:00Z');
    const sooner = {
      ...winBack,
      version: 2,
      startsOn: { daily: 'no-order-for', days: 60, at: '06:00' } as const,
    };
    now = Date.parse('2026-03-03T06:00:00Z');

    expect(toIso(ticker(winBack, sooner).next(now) ?? 0)).toBe('2026-03-04T06:00:00Z');
    expect(await ticker(winBack, sooner).tick()).toBe(1);
    now = Date.parse('2026-03-03T08:00:00Z');
    expect(await ticker(sooner, winBack).tick()).toBe(0);

    expect(opened).toEqual([{ customer: lapsed, dueAt: '2026-03-03T06:00:00Z' }]);
  });

  test('is not asked at all once its newest version starts on an event', async () => {
    await orderedAt(await customer(), '2026-01-01T12:00:00Z');
    now = Date.parse('2026-03-03T08:00:00Z');
    const onEvent = { ...winBack, version: 2, startsOn: 'order.placed' as const };
    expect(await ticker(winBack, onEvent).tick()).toBe(0);
    expect(opened).toEqual([]);
  });
});

describe('the log of a day', () => {
  test('counts who was found, and who was not let in by reason', async () => {
    await orderedAt(await customer(), '2026-01-01T12:00:00Z');
    notes = [{ journey: 'win-back', effect: 'not-opened', because: 'business-customer' }];
    now = Date.parse('2026-03-03T08:00:00Z');
    await ticker(winBack).tick();
    expect(logged).toEqual([
      { journey: 'win-back', day: '2026-03-03', found: 1, refused: { 'business-customer': 1 } },
    ]);
  });

  test('says nothing of a day that found nobody', async () => {
    now = Date.parse('2026-03-03T08:00:00Z');
    await ticker(winBack).tick();
    expect(logged).toEqual([]);
  });
});

test('a shop without such journeys never ticks', async () => {
  now = Date.parse('2026-03-04T08:00:00Z');
  expect(ticker().next(now)).toBeUndefined();
  expect(await ticker().tick()).toBe(0);
});
