import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readNamedReport } from '../../client/reports/read-named-report.ts';
import { readReport, type ReportOptions } from '../../client/reports/read-report.ts';
import type { ConversionRules } from '../../domain/conversion.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { createHistory, dayOf, forgetHistory, type DeliveryFields, type History } from './report-history.ts';

let database: TestDatabase;
let history: History;

beforeAll(async () => {
  database = await createTestDatabase();
  history = createHistory(database.db);
});
afterEach(() => forgetHistory(database.db));
afterAll(() => database.close());

const report = (options?: ReportOptions) => readReport(database.db, options);

/** Somebody in a journey, with a message of it. */
async function written(
  fields: Partial<DeliveryFields> & { readonly journey?: string; readonly order?: string } = {},
): Promise<string> {
  const { journey = 'abandoned-cart', order, ...delivery } = fields;
  const customer = delivery.customer ?? (await history.customer());
  const enrolment = await history.enrolment({ customer, journey, ...(order === undefined ? {} : { order }) });
  await history.delivery({ enrolment, name: journey, ...delivery, customer });
  return customer;
}

async function journey(name = 'abandoned-cart', options?: ReportOptions) {
  const { journeys } = await report(options);
  return journeys.find((found) => found.name === name);
}

describe('a journey', () => {
  it('counts who entered, who is in it now and how the others ended, at once when an event seals it', async () => {
    const [one, two, three] = [await history.customer(), await history.customer(), await history.customer()];
    await history.enrolment({ customer: one });
    await history.enrolment({ customer: two, state: 'sealed', reason: 'order.placed' });
    await history.enrolment({ customer: three, state: 'closed', reason: 'not-recovered' });
    expect(await journey()).toMatchObject({
      entered: 3,
      waiting: 1,
      ended: { 'not-recovered': 1, 'order.placed': 1 },
    });
  });

  it('counts what became of its messages, by step in the order in which they come due', async () => {
    const customer = await history.customer();
    const enrolment = await history.enrolment({ customer });
    const message = { customer, enrolment, name: 'abandoned-cart' };
    await history.delivery({
      ...message,
      step: 'last#1',
      sending: 2,
      state: 'skipped',
      reason: 'no-consent',
    });
    await history.delivery({
      ...message,
      step: 'last#1',
      sending: 2,
      state: 'skipped',
      reason: 'no-consent',
    });
    await history.delivery({ ...message, step: 'last#1', sending: 2, state: 'failed' });
    await history.delivery({ ...message, step: 'last#1', sending: 2, state: 'unknown' });
    await history.delivery({ ...message, sending: 1, arrival: 'delivered', clicked: 1.5 });
    await history.delivery({ ...message, sending: 1, arrival: 'read' });
    await history.delivery({ ...message, sending: 1, arrival: 'bounced' });
    await history.delivery({ ...message, sending: 1, state: 'sending' });
    await history.delivery({ ...message, sending: 1, state: 'deferred', reason: 'quiet-hours' });
    const found = await journey();
    expect(found?.steps).toMatchObject([
      {
        step: 'reminder#1',
        sent: 3,
        delivered: 2,
        bounced: 1,
        clicked: 1,
        onTheWay: 1,
        deferred: 1,
        skipped: {},
      },
      { step: 'last#1', sent: 0, skipped: { 'no-consent': 2 }, failed: 1, unknown: 1 },
    ]);
    expect(found).toMatchObject({
      sent: 3,
      skipped: { 'no-consent': 2 },
      deferred: 1,
      failed: 1,
      unknown: 1,
    });
  });

  it('does not call a message deferred whose journey an event has ended a moment ago', async () => {
    const customer = await history.customer();
    const enrolment = await history.enrolment({ customer, state: 'sealed', reason: 'order.placed' });
    await history.delivery({
      customer,
      enrolment,
      name: 'abandoned-cart',
      state: 'deferred',
      reason: 'paused',
    });
    expect(await journey()).toMatchObject({ deferred: 0, skipped: { 'journey-ended': 1 } });
  });

  it('does not count test customers, nor test messages', async () => {
    const tester = await history.customer({ test: true });
    await written({ customer: tester, clicked: 1 });
    await history.order({ customer: tester, paid: 2 });
    expect((await report()).journeys).toEqual([]);
    await written({ test: true, clicked: 1 });
    expect(await journey()).toMatchObject({ entered: 1, sent: 0, clicked: 0 });
  });

  it('is chosen by its name, and by when it was entered', async () => {
    await written();
    await written({ journey: 'thank-you' });
    const customer = await history.customer();
    const later = await history.enrolment({ customer, opened: 10 });
    await history.delivery({ customer, enrolment: later, name: 'abandoned-cart', sending: 11 });
    expect((await report({ journey: 'thank-you' })).journeys.map(({ name }) => name)).toEqual(['thank-you']);
    expect(await journey('abandoned-cart', { from: dayOf(10) })).toMatchObject({ entered: 1, sent: 1 });
    expect(await journey('abandoned-cart', { from: dayOf(0), until: dayOf(10) })).toMatchObject({
      entered: 1,
      sent: 1,
    });
    expect(await journey('abandoned-cart', { until: dayOf(0) })).toBeUndefined();
  });

  it('refuses a period that ends before it begins, and a name that nothing has', async () => {
    await expect(report({ from: dayOf(2), until: dayOf(1) })).rejects.toMatchObject({
      code: 'report-period-invalid',
    });
    const named = (options: ReportOptions) =>
      readNamedReport(database.db, { ...options, journeyNames: ['abandoned-cart'] });
    await expect(named({ journey: 'abandoned-card' })).rejects.toMatchObject({ code: 'journey-unknown' });
    await expect(named({ campaign: 'black-fridya' })).rejects.toMatchObject({ code: 'campaign-unknown' });
    expect(await named({ journey: 'abandoned-cart' })).toMatchObject({ journeys: [] });
  });
});

describe('a conversion', () => {
  it('is an order that is paid within the window after a click, its last instant included', async () => {
    const soon = await written({ clicked: 1 });
    await history.order({ customer: soon, placed: 1.5, paid: 4, amount: 1250 });
    expect(await journey()).toMatchObject({
      converted: 1,
      revenue: [{ amount: 1250, currency: 'GBP' }],
      conversion: 'an order paid within 3 days of a click',
    });
  });

  it.each([
    ['was paid a moment after the window', { paid: 4.001 }, { clicked: 1 }],
    ['was paid before the click', { paid: 0.999 }, { clicked: 1 }],
    ['was placed and not paid', { placed: 2 }, { clicked: 1 }],
    ['was cancelled', { paid: 2, state: 'cancelled' }, { clicked: 1 }],
    ['was refunded', { paid: 2, state: 'refunded' }, { clicked: 1 }],
    ['lost every line to refunds', { paid: 2, lines: [{ quantity: 2, refunded: 2 }] }, { clicked: 1 }],
    ['followed no click', { paid: 2 }, {}],
  ] as const)('is no order that %s', async (_words, order, delivery) => {
    const customer = await written(delivery);
    await history.order({ customer, ...order });
    expect(await journey()).toMatchObject({ converted: 0, revenue: [] });
  });

  it('is not the order of somebody else', async () => {
    await written({ clicked: 1 });
    await history.order({ customer: await history.customer(), paid: 2 });
    await history.order({ customer: null, paid: 2 });
    expect(await journey()).toMatchObject({ clicked: 1, converted: 0 });
  });

  it('brings what is left after refunds, each currency for itself', async () => {
    const customer = await written({ clicked: 1 });
    await history.order({
      customer,
      paid: 2,
      amount: 5000,
      refunds: [{ amount: 1200 }, { amount: 300 }, { amount: 99, currency: 'USD' }],
      lines: [
        { quantity: 1, refunded: 1 },
        { quantity: 3, refunded: 0 },
      ],
    });
    await history.order({ customer, paid: 3, amount: 12_900, currency: 'KRW' });
    expect(await journey()).toMatchObject({
      converted: 2,
      revenue: [
        { amount: 3500, currency: 'GBP' },
        { amount: 12_900, currency: 'KRW' },
      ],
    });
  });

  it('is credited to the message that was clicked last, and to no other', async () => {
    const customer = await written({ clicked: 1, step: 'reminder#1' });
    await written({ customer, journey: 'thank-you', clicked: 2, step: 'guide#1' });
    await history.order({ customer, paid: 3, amount: 700 });
    expect(await journey('abandoned-cart')).toMatchObject({ clicked: 1, converted: 0, revenue: [] });
    expect(await journey('thank-you')).toMatchObject({ clicked: 1, converted: 1 });
    // Also when the report is about one of them alone.
    expect(await journey('abandoned-cart', { journey: 'abandoned-cart' })).toMatchObject({ converted: 0 });
  });

  it('has five days, unless the shop or the table of journeys says otherwise', async () => {
    const customer = await written({ journey: 'thank-you', clicked: 1 });
    await history.order({ customer, paid: 6 });
    expect(await journey('thank-you')).toMatchObject({ converted: 1 });
    const conversions: ConversionRules = {
      byName: { 'thank-you': { counts: 'order', within: '4 days', after: 'click' } },
    };
    expect(await journey('thank-you', { conversions })).toMatchObject({ converted: 0 });
    const standard = { counts: 'order', within: '100 hours', after: 'sending' } as const;
    expect(await journey('thank-you', { conversions: { standard } })).toMatchObject({ converted: 0 });
    expect(
      await journey('thank-you', { conversions: { standard: { ...standard, within: '6 days' } } }),
    ).toMatchObject({ converted: 1, conversion: 'an order paid within 6 days of the sending' });
  });

  it('of a review request is a review of that order within 14 days of the request, clicked or not', async () => {
    const order = await history.order({ customer: null, placed: 0 });
    const another = await history.order({ customer: null, placed: 0 });
    const wrote = await written({ journey: 'review-request', order, sending: 1 });
    await history.review({ customer: wrote, day: 15, order });
    await history.review({ customer: wrote, day: 2, order: another });
    const late = await written({ journey: 'review-request', order: another, sending: 1 });
    await history.review({ customer: late, day: 15.001, order: another });
    const bounced = await written({ journey: 'review-request', sending: 1, arrival: 'bounced' });
    await history.review({ customer: bounced, day: 2 });
    expect(await journey('review-request')).toMatchObject({
      sent: 3,
      converted: 1,
      revenue: [],
      conversion: 'a review given within 14 days of the sending',
    });
  });
});

describe('a campaign', () => {
  async function campaign(name = 'black-friday') {
    const { campaigns } = await report();
    return campaigns.find((found) => found.name === name);
  }

  async function invited(occurrence: string, fields: { readonly holdout?: boolean } = {}) {
    const customer = await history.customer();
    return { customer, recipient: await history.recipient({ customer, occurrence, ...fields }) };
  }

  it('counts its recipients, who is held out, and whose message is still to come', async () => {
    const occurrence = await history.occurrence({ campaign: 'black-friday' });
    const sent = await invited(occurrence);
    await history.delivery({ ...sent, name: 'black-friday', clicked: 1, arrival: 'delivered' });
    await history.order({ customer: sent.customer, paid: 2, amount: 400 });
    const held = await invited(occurrence, { holdout: true });
    await history.delivery({ ...held, name: 'black-friday', state: 'skipped', reason: 'holdout' });
    await history.delivery({
      ...(await invited(occurrence)),
      name: 'black-friday',
      state: 'deferred',
      reason: 'quiet-hours',
    });
    await invited(occurrence);
    const found = await campaign();
    expect(found?.skipped).toEqual({});
    expect(found).toMatchObject({
      entered: 4,
      holdout: 1,
      waiting: 2,
      sent: 1,
      deferred: 1,
      converted: 1,
      revenue: [{ amount: 400, currency: 'GBP' }],
    });
  });

  it('has skipped everybody who was left at the instant at which it was called off', async () => {
    const occurrence = await history.occurrence({ campaign: 'black-friday', state: 'cancelled' });
    await invited(occurrence);
    const waiting = await invited(occurrence);
    await history.delivery({ ...waiting, name: 'black-friday', state: 'deferred', reason: 'paused' });
    expect(await campaign()).toMatchObject({
      entered: 2,
      waiting: 0,
      deferred: 0,
      skipped: { 'campaign-not-running': 2 },
    });
  });

  it('does not count a person twice who turned out to be one of the recipients already', async () => {
    const occurrence = await history.occurrence({ campaign: 'black-friday' });
    const first = await invited(occurrence);
    await history.recipient({
      customer: await history.customer(),
      occurrence,
      duplicateOf: first.recipient,
    });
    expect(await campaign()).toMatchObject({ entered: 1, waiting: 1 });
  });

  it('does not count test sends, nor what was scheduled outside the period', async () => {
    await invited(await history.occurrence({ campaign: 'trial', test: true }));
    await invited(await history.occurrence({ campaign: 'black-friday', scheduled: 20 }));
    expect((await report()).campaigns.map(({ name }) => name)).toEqual(['black-friday']);
    expect((await report({ until: dayOf(20) })).campaigns).toEqual([]);
    expect((await report({ campaign: 'black-friday' })).campaigns).toMatchObject([{ entered: 1 }]);
    expect((await report({ journey: 'abandoned-cart' })).campaigns).toEqual([]);
  });
});
