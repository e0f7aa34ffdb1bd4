import { afterAll, beforeAll, expect, it } from 'vitest';
import { showTimeline } from '../../cli/show/timeline.ts';
import type { Instant } from '../../domain/instant.ts';
import type { EventName } from '../../domain/events/catalogue.ts';
import { localTime } from '../../domain/local-time.ts';
import { readTimeline } from '../../simulation/timeline.ts';
import { timestamp } from '../../store/database.ts';
import { createHistory, dayOf } from '../client/report-history.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function somebody(name: string, timeZone: string | null): Promise<string> {
  const { db } = database;
  const id = await createHistory(db).customer();
  await db.updateTable('customers').set({ time_zone: timeZone }).where('id', '=', id).execute();
  await db
    .insertInto('customer_identities')
    .values({ kind: 'external', value: name, customer_id: id })
    .execute();
  return id;
}

it('shows the clock of the customer beside messages, when their zone is known and not otherwise', async () => {
  const history = createHistory(database.db);
  for (const [name, timeZone] of [
    ['mina', 'Asia/Seoul'],
    ['tom', null],
  ] as const) {
    const customer = await somebody(name, timeZone);
    const enrolment = await history.enrolment({ customer });
    const delivery = await history.delivery({ customer, enrolment, name: 'abandoned-cart', sending: 1 });
    const deferrals = [{ at: dayOf(0.6), until: dayOf(1), reason: 'quiet-hours' }];
    await database.db
      .updateTable('deliveries')
      .set({ deferrals: JSON.stringify(deferrals) })
      .where('id', '=', delivery)
      .execute();
  }
  const lines = showTimeline(await readTimeline(database.db)).split('\n');
  expect(lines.filter((line) => line.includes('reminder#1'))).toEqual([
    '2026-11-02T14:24:00Z  mina  … reminder#1 waits until 2026-11-03T00:00:00Z: quiet hours where the customer is  (Mon 23:24 to Tue 09:00 in Asia/Seoul)',
    '2026-11-02T14:24:00Z  tom   … reminder#1 waits until 2026-11-03T00:00:00Z: quiet hours where the customer is',
    '2026-11-03T00:00:00Z  mina  ✓ reminder#1 sent by email  (Tue 09:00 in Asia/Seoul)',
    '2026-11-03T00:00:00Z  tom   ✓ reminder#1 sent by email',
  ]);
  expect(lines.filter((line) => line.includes('begins') && line.includes('('))).toEqual([]);
});

/** Events that happened at one instant, as they are kept. */
const toldAt = (at: Instant) => (id: string, type: EventName) => ({
  id,
  type,
  customer_id: null,
  occurred_at: timestamp(at),
  received_at: timestamp(at),
  envelope: null,
  fingerprint: Buffer.alloc(32),
});

it('tells that an order was shipped before it was delivered, when one word said both', async () => {
  const told = toldAt(dayOf(0.5));
  await database.db
    .insertInto('events')
    .values([
      told('e-1', 'shipment.delivered'),
      told('e-1#order.delivered:s-1', 'order.delivered'),
      told('e-1#order.shipped:s-1', 'order.shipped'),
    ])
    .execute();
  const events = (await readTimeline(database.db)).filter(({ kind }) => kind === 'event');
  expect(events.map(({ text }) => text.split(',')[0])).toEqual([
    'shipment.delivered',
    'order.shipped',
    'order.delivered',
  ]);
});

it('tells events of one instant in the order in which they were told, also when they are many', async () => {
  const at = dayOf(0.6);
  const told = toldAt(at);
  await database.db
    .insertInto('events')
    .values([told('event-10', 'order.paid'), told('event-9', 'order.placed')])
    .execute();
  const events = (await readTimeline(database.db)).filter(
    (entry) => entry.at === at && entry.kind === 'event',
  );
  expect(events.map(({ text }) => text)).toEqual(['order.placed', 'order.paid']);
});

it.each([
  ['2027-03-28T00:59:00Z', 'Europe/London', 'Sun 00:59'],
  ['2027-03-28T01:00:00Z', 'Europe/London', 'Sun 02:00'],
  ['2026-10-25T00:30:00Z', 'Europe/London', 'Sun 01:30'],
  ['2026-10-25T01:30:00Z', 'Europe/London', 'Sun 01:30'],
  ['2026-11-03T15:00:00Z', 'Asia/Seoul', 'Wed 00:00'],
])('writes %s in %s as %s', (iso, timeZone, expected) => {
  expect(localTime(Date.parse(iso), timeZone)).toBe(expected);
});
