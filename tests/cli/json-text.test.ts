import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonText } from '../../cli/json-text.ts';
import { createHistory } from '../client/report-history.ts';
import { openCommandShop, type CommandShop } from './run-perennial.ts';

const at = Date.parse('2026-11-27T10:00:00Z');
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

describe('JSON', () => {
  it('has instants as ISO 8601, however deep, and those of a list', () => {
    const told = { opensAt: [at], rows: [{ at, usefulUntil: at, nested: { since: at, nextDue: at } }] };
    const written = '2026-11-27T10:00:00Z';
    expect(JSON.parse(jsonText(told))).toEqual({
      opensAt: [written],
      rows: [{ at: written, usefulUntil: written, nested: { since: written, nextDue: written } }],
    });
  });

  it('does not touch what is no instant, nor what is written already or is not there', () => {
    const told = {
      count: at,
      days: 3,
      at: null,
      openedAt: '2026-11-27',
      cat: 5,
      reasons: { until: undefined },
    };
    expect(JSON.parse(jsonText(told))).toEqual({ ...told, reasons: {} });
  });
});

describe('a command with --json', () => {
  let shop: CommandShop;
  let customer: string;
  beforeAll(async () => {
    shop = await openCommandShop();
    const history = createHistory(shop.db);
    customer = await history.customer();
    const enrolment = await history.enrolment({ customer });
    const sent = { customer, enrolment, name: 'abandoned-cart', sending: 1 };
    await history.delivery({ ...sent, step: 'cart-reminder#1' });
    await history.delivery({ ...sent, step: 'cart-reminder-last#1', state: 'unknown' });
    await history.occurrence({ campaign: 'black-friday-launch' });
  });
  afterAll(() => shop.close());

  it.each([
    ['decidedAt', ['deliveries']],
    ['sendingAt', ['deliveries', 'unknown']],
    ['openedAt', ['runs']],
    ['oldestAt', ['status']],
    ['opensAt', ['campaign', 'list']],
    ['scheduledAt', ['campaign', 'status', 'black-friday-launch']],
  ])('prints %s as ISO 8601: %j', async (field, words) => {
    const { said } = await shop.run(...words, '--json');
    const found = [...said.matchAll(new RegExp(`"${field}": (.*?),?$`, 'gm'))].map(([, value = '']) => value);
    expect(found).not.toEqual([]);
    for (const value of found.filter((each) => each !== 'null')) {
      expect(JSON.parse(value)).toEqual(expect.stringMatching(iso));
    }
    expect(said).not.toMatch(/: 1[6-9]\d{11}\b/);
  });
});
