import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  createPurchaseTally,
  monthsAfter,
  type Purchase,
  type PurchasePeriod,
} from '../../insight/purchase-figures.ts';

/** Four customers of the CDNOW data set as published by Bruce Hardie for research. */
const cdnow = `customer,date,quantity,amount_usd
0001,1997-01-01,2,29.33
0001,1997-01-18,2,29.73
0001,1997-08-02,1,14.96
0001,1997-12-12,2,26.48
0003,1997-01-01,1,6.79
0007,1997-01-01,1,11.77
0007,1997-02-05,1,11.77
0009,1997-01-01,1,16.36
0009,1997-05-01,2,28.13
0009,1997-09-08,1,22.97
0009,1998-02-10,1,28.49
0009,1998-02-11,2,28.98
`;

const cdnowRow = z.object({ customer: z.string(), date: z.string(), amount_usd: z.coerce.number() });

function readCdnow(): Purchase[][] {
  const rows = z.array(cdnowRow).parse(parse(cdnow, { columns: true }));
  const customers = [...new Set(rows.map(({ customer }) => customer))];
  return customers.map((name) =>
    rows
      .filter(({ customer }) => customer === name)
      .map(({ date, amount_usd }) => bought(date, Math.round(amount_usd * 100), 'USD')),
  );
}

const bought = (at: string, amount: number, currency = 'GBP'): Purchase => ({
  at: Date.parse(at),
  net: { amount, currency },
});

function figuresOf(histories: readonly (readonly Purchase[])[], period: Partial<PurchasePeriod> = {}) {
  const tally = createPurchaseTally({ until: Date.parse('2030-01-01'), ...period });
  for (const history of histories) tally.add(history);
  return tally.figures();
}

describe('the figures of four real customers', () => {
  // Reckoned by hand: 12 orders of 255.76 dollars; 198.29 of them within twelve months of each first order; days between
  // orders 1, 17, 35, 120, 130, 132, 155 and 196, of which 17, 35 and 120 are the first of their customers.
  it('are those that a pencil finds', () => {
    expect(figuresOf(readCdnow(), { until: Date.parse('1998-07-01') })).toEqual({
      customers: 4,
      repeatCustomers: 3,
      repeatPurchaseRate: 0.75,
      orders: 12,
      purchaseFrequency: 3,
      averageOrderValue: [{ currency: 'USD', orders: 12, average: 2131 }],
      lifetimeValue: [{ currency: 'USD', months: 12, customers: 4, average: 4957 }],
      gaps: { count: 8, medianDays: 125, firstToSecondCount: 3, firstToSecondMedianDays: 35 },
      followedWithinADay: 1 / 12,
    });
  });

  it('change with the period: 1997 is history and its orders are what later ones repeat', () => {
    const figures = figuresOf(readCdnow(), { from: Date.parse('1998-01-01') });
    expect(figures).toMatchObject({ customers: 1, orders: 2, repeatCustomers: 1, purchaseFrequency: 2 });
    expect(figures.gaps).toEqual({
      count: 2,
      medianDays: 78,
      firstToSecondCount: 0,
      firstToSecondMedianDays: null,
    });
    // Nobody's first order is in the period.
    expect(figures.lifetimeValue).toEqual([]);
  });
});

describe('lifetime value', () => {
  it('counts the first order and what follows within the months, and not the order on the day they are over', () => {
    const history = [
      bought('2027-03-10T09:00:00Z', 1000),
      bought('2028-03-10T08:59:59Z', 500),
      bought('2028-03-10T09:00:00Z', 70),
      bought('2029-03-10T09:00:00Z', 9),
    ];
    expect(figuresOf([history]).lifetimeValue).toEqual([
      { currency: 'GBP', months: 12, customers: 1, average: 1500 },
      { currency: 'GBP', months: 24, customers: 1, average: 1570 },
    ]);
  });

  it('does not count customers whose months are not over', () => {
    const early = [bought('2027-01-01', 1000)];
    const late = [bought('2027-06-01', 9000)];
    expect(figuresOf([early, late], { until: Date.parse('2028-01-01') }).lifetimeValue).toEqual([
      { currency: 'GBP', months: 12, customers: 1, average: 1000 },
    ]);
  });

  it('never sums currencies: a customer is in the cohort of the currency of the first order', () => {
    const history = [
      bought('2027-01-01', 1000),
      bought('2027-02-01', 50_000, 'KRW'),
      bought('2027-03-01', 200),
    ];
    expect(figuresOf([history]).lifetimeValue).toEqual([
      { currency: 'GBP', months: 12, customers: 1, average: 1200 },
      { currency: 'GBP', months: 24, customers: 1, average: 1200 },
    ]);
    expect(figuresOf([history]).averageOrderValue).toEqual([
      { currency: 'GBP', orders: 2, average: 600 },
      { currency: 'KRW', orders: 1, average: 50_000 },
    ]);
  });

  it('ends a month that is shorter on its last day', () => {
    expect(monthsAfter(Date.parse('2028-02-29T10:00:00Z'), 12)).toBe(Date.parse('2029-02-28T10:00:00Z'));
    expect(monthsAfter(Date.parse('2028-02-29T10:00:00Z'), 24)).toBe(Date.parse('2030-02-28T10:00:00Z'));
    expect(monthsAfter(Date.parse('2027-12-31T10:00:00Z'), 12)).toBe(Date.parse('2028-12-31T10:00:00Z'));
  });
});

describe('gaps', () => {
  const twice = [
    bought('2027-05-01T20:00:00Z', 1),
    bought('2027-05-02T02:00:00Z', 1),
    bought('2027-05-11', 1),
  ];

  it('are between days, so two orders of one day are one visit', () => {
    expect(figuresOf([[bought('2027-05-01T09:00:00Z', 1), ...twice]]).gaps).toMatchObject({
      count: 2,
      medianDays: 5,
    });
  });

  it('are in days of the shop, wherever that is', () => {
    expect(figuresOf([twice]).gaps).toMatchObject({ count: 2, firstToSecondMedianDays: 1 });
    expect(figuresOf([twice], { timeZone: 'Asia/Seoul' }).gaps).toMatchObject({
      count: 1,
      firstToSecondMedianDays: 9,
    });
  });
});

it('has no figure where there is nothing to divide by', () => {
  expect(figuresOf([])).toEqual({
    customers: 0,
    repeatCustomers: 0,
    repeatPurchaseRate: null,
    orders: 0,
    purchaseFrequency: null,
    averageOrderValue: [],
    lifetimeValue: [],
    gaps: { count: 0, medianDays: null, firstToSecondCount: 0, firstToSecondMedianDays: null },
    followedWithinADay: null,
  });
});
