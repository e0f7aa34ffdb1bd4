import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '../../client/create-client.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { newId } from '../../store/new-id.ts';
import * as journeyModules from '../../workflows/index.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { createHistory, dayOf } from './report-history.ts';

let database: TestDatabase;
let client: Client;
const clock = { time: dayOf(0), now: () => clock.time };

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const journeys = listJourneys(journeyModules);
  const intake = createIntake({ db, journeys, clock });
  client = createClient({ db, intake, journeys, clock, whereabouts: async () => undefined });
});
afterAll(() => database.close());

async function told(type: string, data: object): Promise<void> {
  const occurredAt = new Date(clock.time).toISOString();
  const about = type.startsWith('message.') ? {} : { customerId: 'mina' };
  await client.track([{ id: newId(), type, occurredAt, source: 'test', ...about, data }]);
}

const price = { amount: 450, currency: 'GBP' };

/** Rule 16 of the journeys reference. Nothing but intake runs here: no dispatcher, no worker, no engine. */
it('is right as soon as an event is accepted, before any worker hears of it', async () => {
  const inCart = async () => {
    const { journeys } = await client.report({ journey: 'abandoned-cart' });
    return journeys[0];
  };
  await told('cart.updated', { cartId: 'A', items: [{ variant: 'tea', quantity: 2, price }] });
  expect(await inCart()).toMatchObject({ entered: 1, waiting: 1, clicked: 0 });

  const enrolment = await database.db
    .selectFrom('enrolments')
    .selectAll()
    .where('journey', '=', 'abandoned-cart')
    .executeTakeFirstOrThrow();
  const sent = { customer: enrolment.customer_id, enrolment: enrolment.id, name: 'abandoned-cart' };
  const sendId = await createHistory(database.db).delivery(sent);
  clock.time = dayOf(1);
  await told('message.clicked', { sendId });
  expect(await inCart()).toMatchObject({ sent: 1, delivered: 1, clicked: 1, converted: 0, waiting: 1 });

  await told('order.placed', {
    orderId: 'o-1',
    lines: [{ variant: 'tea', quantity: 2, price }],
    total: { amount: 900, currency: 'GBP' },
  });
  expect(await inCart()).toMatchObject({ waiting: 0, ended: { 'order.placed': 1 }, converted: 0 });

  await told('order.paid', { orderId: 'o-1' });
  expect(await inCart()).toMatchObject({ converted: 1, revenue: [{ amount: 900, currency: 'GBP' }] });
  expect(await client.customerReport({ until: dayOf(2) })).toMatchObject({ customers: 1, orders: 1 });

  await told('order.refunded', {
    orderId: 'o-1',
    amount: { amount: 450, currency: 'GBP' },
    lines: [{ variant: 'tea', quantity: 1 }],
  });
  expect(await inCart()).toMatchObject({ converted: 1, revenue: [{ amount: 450, currency: 'GBP' }] });

  await told('order.refunded', {
    orderId: 'o-1',
    amount: { amount: 449, currency: 'GBP' },
    lines: [{ variant: 'tea', quantity: 1 }],
  });
  // A penny was kept, but no goods: nothing was bought.
  expect(await inCart()).toMatchObject({ converted: 0, revenue: [] });
});

it('keeps the first click of a message, whatever order clicks are told in', async () => {
  const history = createHistory(database.db);
  const customer = await history.customer();
  const enrolment = await history.enrolment({ customer });
  const delivery = await history.delivery({
    customer,
    enrolment,
    name: 'abandoned-cart',
    arrival: 'bounced',
  });
  for (const day of [3, 2, 4]) {
    clock.time = dayOf(day);
    await told('message.clicked', { sendId: delivery });
  }
  const row = await database.db
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', delivery)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ clicked_at: dayOf(2), arrival: 'bounced' });
});
