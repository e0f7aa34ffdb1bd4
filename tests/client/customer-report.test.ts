import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readCustomerReport } from '../../client/reports/read-customer-report.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { createHistory, dayOf, forgetHistory, type History, type OrderFields } from './report-history.ts';

let database: TestDatabase;
let history: History;

beforeAll(async () => {
  database = await createTestDatabase();
  history = createHistory(database.db);
});
afterEach(() => forgetHistory(database.db));
afterAll(() => database.close());

const report = () => readCustomerReport(database.db, { until: dayOf(500) });
const order = (customer: string | null, fields: Partial<OrderFields>) =>
  history.order({ customer, paid: 1, ...fields });

it('counts the paid orders of each customer, net of refunds', async () => {
  const [one, two] = [await history.customer(), await history.customer()];
  await order(one, { paid: 1, amount: 3000, refunds: [{ amount: 1000 }, { amount: 5, currency: 'USD' }] });
  await order(one, { paid: 11, amount: 4000, lines: [{ quantity: 2, refunded: 1 }] });
  await order(two, { paid: 400, amount: 600, placed: 399 });
  expect(await report()).toMatchObject({
    customers: 2,
    orders: 3,
    repeatPurchaseRate: 0.5,
    purchaseFrequency: 1.5,
    averageOrderValue: [{ currency: 'GBP', orders: 3, average: 2200 }],
    // The other's twelve months are not over.
    lifetimeValue: [{ currency: 'GBP', months: 12, customers: 1, average: 6000 }],
    gaps: { count: 1, medianDays: 10 },
  });
});

it.each([
  ['is not paid', { paid: undefined, placed: 1 }],
  ['was cancelled', { state: 'cancelled' }],
  ['was refunded', { state: 'refunded' }],
  ['lost every line to refunds', { lines: [{ quantity: 1, refunded: 1 }] }],
  ['comes after the period', { paid: 500 }],
] as const)('does not count an order that %s', async (_words, fields) => {
  await order(await history.customer(), fields);
  expect(await report()).toMatchObject({ customers: 0, orders: 0 });
});

it('does not count guests and test customers', async () => {
  await order(null, {});
  await order(await history.customer({ test: true }), {});
  expect(await report()).toMatchObject({ customers: 0, orders: 0 });
});

it('refuses a period that ends before it begins', async () => {
  await expect(readCustomerReport(database.db, { from: dayOf(3), until: dayOf(3) })).rejects.toMatchObject({
    code: 'report-period-invalid',
  });
});
