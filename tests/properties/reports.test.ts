import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readReport, type MessageFigures, type Report } from '../../client/reports/read-report.ts';
import { arrivals } from '../../domain/arrival.ts';
import { deliveryStates } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Database } from '../../store/database.ts';
import { createHistory, forgetHistory } from '../client/report-history.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const numRuns = Number(process.env['PERENNIAL_PROPERTY_RUNS'] ?? 20);
const day = 86_400_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const people = 4;
const who = fc.nat(people - 1);
/** Quarters of a day, so that instants meet each other and the ends of windows. */
const when = fc.integer({ min: 0, max: 48 }).map((quarters) => quarters / 4);
const currency = fc.constantFrom('GBP', 'KRW');

const message = fc.record(
  {
    who,
    origin: fc.constantFrom('abandoned-cart', 'thank-you', 'review-request', 'black-friday', 'last-hours'),
    opened: when,
    state: fc.constantFrom('open', 'sealed', 'closed'),
    running: fc.boolean(),
    holdout: fc.boolean(),
    written: fc.boolean(),
    outcome: fc.constantFrom(...deliveryStates),
    step: fc.constantFrom('first#1', 'second#1'),
    sending: when,
    arrival: fc.option(fc.constantFrom(...arrivals), { nil: undefined }),
    clickedAfter: fc.option(when, { nil: undefined }),
    test: fc.boolean(),
  },
  { noNullPrototype: true },
);

const order = fc.record(
  {
    who,
    paid: fc.option(when, { nil: undefined }),
    state: fc.constantFrom('paid', 'paid', 'paid', 'cancelled', 'refunded'),
    amount: fc.integer({ min: 1, max: 9000 }),
    currency,
    refunds: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 900 }), currency }), { maxLength: 2 }),
    lines: fc.array(
      fc.constantFrom(
        { quantity: 2, refunded: 0 },
        { quantity: 2, refunded: 1 },
        { quantity: 2, refunded: 2 },
      ),
      { maxLength: 2 },
    ),
  },
  { noNullPrototype: true },
);

const randomHistory = fc.record({
  testers: fc.array(who, { maxLength: 1 }),
  messages: fc.array(message, { maxLength: 12 }),
  orders: fc.array(order, { maxLength: 8 }),
  reviews: fc.array(fc.record({ who, day: when }), { maxLength: 3 }),
});
type RandomHistory = typeof randomHistory extends fc.Arbitrary<infer T> ? T : never;

it('agrees with a recount of every row, one by one', { timeout: 20 * 60_000 }, async () => {
  const { db } = database;
  await fc.assert(
    fc.asyncProperty(randomHistory, async (random) => {
      await forgetHistory(db);
      await play(db, random);
      expect(comparable(await readReport(db))).toEqual(await recount(db));
    }),
    { numRuns },
  );
});

const campaigns = ['black-friday', 'last-hours'];

async function play(db: Database, { testers, messages, orders, reviews }: RandomHistory): Promise<void> {
  const history = createHistory(db);
  const customers: string[] = [];
  for (let index = 0; index < people; index += 1)
    customers.push(await history.customer({ test: testers.includes(index) }));
  const customerOf = (index: number): string => customers[index] ?? '';

  for (const [place, { who: index, origin, ...fields }] of messages.entries()) {
    const customer = customerOf(index);
    const { sending, clickedAfter, arrival, outcome, step, test } = fields;
    const delivery = {
      customer,
      name: origin,
      step,
      state: outcome,
      sending,
      test,
      ...(outcome === 'skipped' ? { reason: 'no-consent' as const } : {}),
      ...(outcome === 'accepted' && arrival !== undefined ? { arrival } : {}),
      ...(outcome === 'accepted' && clickedAfter !== undefined ? { clicked: sending + clickedAfter } : {}),
    };
    if (campaigns.includes(origin)) {
      const state = fields.running ? 'running' : 'cancelled';
      // No two occurrences of a campaign are scheduled for one instant.
      const scheduled = fields.opened + place / 1000;
      const occurrence = await history.occurrence({ campaign: origin, state, scheduled });
      const recipient = await history.recipient({ customer, occurrence, holdout: fields.holdout });
      if (fields.written) await history.delivery({ ...delivery, recipient });
    } else {
      const { opened, state } = fields;
      const enrolment = await history.enrolment({ customer, journey: origin, opened, state, reason: 'done' });
      if (fields.written) await history.delivery({ ...delivery, enrolment });
    }
  }
  for (const { who: index, paid, state, ...fields } of orders)
    await history.order({
      ...fields,
      customer: customerOf(index),
      placed: 0,
      ...(paid === undefined ? {} : { paid, state }),
    });
  for (const { who: index, day: on } of reviews)
    await history.review({ customer: customerOf(index), day: on });
}

interface Line {
  kind: string;
  name: string;
  step: string;
  entered: number;
  waiting: number;
  holdout: number;
  sent: number;
  delivered: number;
  bounced: number;
  clicked: number;
  converted: number;
  skipped: number;
  deferred: number;
  onTheWay: number;
  failed: number;
  unknown: number;
  revenue: Record<string, number>;
}

type Lines = Record<string, Line>;

/** A line for each whole and each step, both of the report and of the recount. */
function lineIn(lines: Lines, kind: string, name: string, step = ''): Line {
  return (lines[`${kind} ${name} ${step}`] ??= {
    kind,
    name,
    step,
    entered: 0,
    waiting: 0,
    holdout: 0,
    sent: 0,
    delivered: 0,
    bounced: 0,
    clicked: 0,
    converted: 0,
    skipped: 0,
    deferred: 0,
    onTheWay: 0,
    failed: 0,
    unknown: 0,
    revenue: {},
  });
}

function comparable(report: Report): Lines {
  const lines: Lines = {};
  const put = (line: Line, { revenue, skipped, ...figures }: MessageFigures): void => {
    for (const name of figureNames) line[name] = figures[name];
    line.skipped = Object.values(skipped).reduce((sum, count) => sum + count, 0);
    line.revenue = Object.fromEntries(revenue.map((money) => [money.currency, money.amount]));
  };
  for (const journey of report.journeys) {
    const line = lineIn(lines, 'journey', journey.name);
    put(line, journey);
    line.entered = journey.entered;
    line.waiting = journey.waiting;
    for (const step of journey.steps) put(lineIn(lines, 'journey', journey.name, step.step), step);
    expect(Object.values(journey.ended).reduce((sum, count) => sum + count, 0)).toBe(
      journey.entered - journey.waiting,
    );
  }
  for (const campaign of report.campaigns) {
    const line = lineIn(lines, 'campaign', campaign.name);
    put(line, campaign);
    line.entered = campaign.entered;
    line.waiting = campaign.waiting;
    line.holdout = campaign.holdout;
    for (const step of campaign.steps) put(lineIn(lines, 'campaign', campaign.name, step.step), step);
  }
  return lines;
}

const figureNames = [
  'sent',
  'delivered',
  'bounced',
  'clicked',
  'converted',
  'deferred',
  'onTheWay',
  'failed',
  'unknown',
] as const;

/** The same figures, reckoned row by row in the plainest way. */
async function recount(db: Database): Promise<Lines> {
  const lines: Lines = {};
  const testers = new Set(
    (await db.selectFrom('customers').selectAll().execute()).flatMap(({ id, is_test }) =>
      is_test ? [id] : [],
    ),
  );
  const isReal = (row: { customer_id: string | null }): boolean => !testers.has(row.customer_id ?? '');
  const enrolments = (await db.selectFrom('enrolments').selectAll().execute()).filter(isReal);
  const occurrences = await db.selectFrom('campaign_occurrences').selectAll().execute();
  const recipients = (await db.selectFrom('campaign_recipients').selectAll().execute()).filter(isReal);
  const ledger = await db.selectFrom('deliveries').selectAll().execute();
  const deliveries = ledger.filter((row) => isReal(row) && !row.is_test);
  const occurrenceOf = (recipientId: string | null) => {
    const { occurrence_id } = recipients.find(({ id }) => id === recipientId) ?? {};
    return occurrences.find(({ id }) => id === occurrence_id);
  };

  for (const { journey, state } of enrolments) {
    const line = lineIn(lines, 'journey', journey);
    line.entered += 1;
    if (state === 'open') line.waiting += 1;
  }
  for (const { id, holdout } of recipients) {
    const occurrence = occurrenceOf(id);
    const line = lineIn(lines, 'campaign', occurrence?.campaign ?? '');
    line.entered += 1;
    if (holdout) line.holdout += 1;
    else if (!ledger.some((row) => row.recipient_id === id)) {
      if (occurrence?.state === 'running') line.waiting += 1;
      else line.skipped += 1;
    }
  }
  const placesOf = (row: (typeof deliveries)[number]): Line[] => {
    const kind = row.journey === null ? 'campaign' : 'journey';
    const name = row.journey ?? row.campaign ?? '';
    return [lineIn(lines, kind, name), lineIn(lines, kind, name, row.step)];
  };
  for (const row of deliveries) {
    const isLive =
      row.journey === null
        ? occurrenceOf(row.recipient_id)?.state === 'running'
        : enrolments.find(({ id }) => id === row.enrolment_id)?.state === 'open';
    for (const line of placesOf(row)) {
      if (row.state === 'accepted') line.sent += 1;
      if (row.arrival === 'delivered' || row.arrival === 'read') line.delivered += 1;
      if (row.arrival === 'bounced' || row.arrival === 'failed') line.bounced += 1;
      if (row.clicked_at !== null) line.clicked += 1;
      if (row.state === 'skipped' || (row.state === 'deferred' && !isLive)) line.skipped += 1;
      if (row.state === 'deferred' && isLive) line.deferred += 1;
      if (row.state === 'deferred' && isLive && row.journey === null && line.step === '') line.waiting += 1;
      if (row.state === 'sending') line.onTheWay += 1;
      if (row.state === 'failed') line.failed += 1;
      if (row.state === 'unknown') line.unknown += 1;
    }
  }

  const windows: Record<string, number> = { 'abandoned-cart': 3, 'review-request': 0 };
  const credit = (touches: readonly (readonly [Instant, (typeof deliveries)[number]])[]) =>
    [...touches].sort(([at, a], [other, b]) => other - at || (a.id < b.id ? 1 : -1))[0]?.[1];
  const refunds = await db.selectFrom('refunds').selectAll().execute();
  const orderLines = await db.selectFrom('order_lines').selectAll().execute();
  for (const order of await db.selectFrom('orders').selectAll().execute()) {
    const { paid_at: paid, total_amount: total, total_currency: currency } = order;
    const mine = orderLines.filter(({ order_id }) => order_id === order.id);
    if (paid === null || total === null || currency === null || order.state !== 'paid') continue;
    if (mine.length > 0 && mine.every((line) => line.refunded_quantity === line.quantity)) continue;
    const touched = deliveries.flatMap((row) => {
      const clicked = row.clicked_at;
      const window = (windows[row.journey ?? ''] ?? 5) * day;
      if (row.journey === 'review-request' || clicked === null || row.customer_id !== order.customer_id)
        return [];
      return clicked <= paid && paid <= clicked + window ? [[clicked, row] as const] : [];
    });
    const best = credit(touched);
    const net = refunds
      .filter((refund) => refund.order_id === order.id && refund.currency === currency)
      .reduce((left, { amount }) => left - amount, total);
    for (const line of best === undefined ? [] : placesOf(best)) {
      line.converted += 1;
      line.revenue[currency] = (line.revenue[currency] ?? 0) + net;
    }
  }
  for (const { customer_id, at } of await db.selectFrom('reviews').selectAll().execute()) {
    const touched = deliveries.flatMap((row) => {
      const asked = row.journey === 'review-request' && row.state === 'accepted' ? row.sending_at : null;
      if (asked === null || row.customer_id !== customer_id) return [];
      if (row.arrival === 'bounced' || row.arrival === 'failed') return [];
      return asked <= at && at <= asked + 14 * day ? [[asked, row] as const] : [];
    });
    const best = credit(touched);
    for (const line of best === undefined ? [] : placesOf(best)) line.converted += 1;
  }
  return lines;
}
