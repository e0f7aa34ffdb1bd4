import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvOf, safeText } from '../../cli/csv.ts';
import { createFormats, decimalOf } from '../../cli/formats.ts';
import { reportCsv } from '../../cli/report-csv.ts';
import { createHistory } from '../client/report-history.ts';
import { openCommandShop, type CommandShop } from './run-perennial.ts';

const mistyped = (words: string) => ({ exitCode: 2, said: '', noted: expect.stringContaining(words) });

describe('the command', () => {
  let shop: CommandShop;
  beforeAll(async () => {
    shop = await openCommandShop();
  });
  afterAll(() => shop.close());

  it('says kindly that there is nothing yet', async () => {
    expect(await shop.run('report')).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('Nobody has entered yet'),
    });
    expect(await shop.run('report', 'customers')).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('npx perennial import orders'),
    });
  });

  it('refuses a name that nothing has, and what was typed wrongly', async () => {
    const stranger = await shop.run('report', '--journey', 'abandoned-card');
    expect(stranger.exitCode).toBe(1);
    expect(stranger.noted).toContain('There is no journey "abandoned-card"');
    expect(await shop.run('report', 'weather')).toMatchObject(
      mistyped('Allowed choices are messages, customers'),
    );
    expect(await shop.run('report', '--json', '--csv')).toMatchObject({ exitCode: 2 });
    expect(await shop.run('report', '--journey', 'a', '--campaign', 'b')).toMatchObject(
      mistyped('cannot be used with'),
    );
  });

  it.each(['--journey', '--campaign'])(
    'refuses %s for the figures of customers, which are the whole shop’s',
    async (option) => {
      expect(await shop.run('report', 'customers', option, 'abandoned-cart')).toMatchObject(
        mistyped("cannot be used with 'customers'"),
      );
    },
  );

  it('lists deliveries of a journey or of a campaign, and refuses both and neither', async () => {
    expect(await shop.run('deliveries', '--journey', 'a', '--campaign', 'b')).toMatchObject(
      mistyped('cannot be used with'),
    );
    for (const [option, noted] of [
      ['--journey', 'There is no journey "abandoned-card"'],
      ['--campaign', 'No campaign "abandoned-card" has gone out'],
    ] as const) {
      const stranger = await shop.run('deliveries', option, 'abandoned-card');
      expect(stranger).toMatchObject({ exitCode: 1, said: '', noted: expect.stringContaining(noted) });
    }
    expect(await shop.run('deliveries', '--journey', 'abandoned-cart')).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining('The ledger has no such message'),
    });
  });

  describe('of a shop with a history', () => {
    beforeAll(async () => {
      const history = createHistory(shop.db);
      const customer = await history.customer();
      const enrolment = await history.enrolment({ customer });
      await history.delivery({
        customer,
        enrolment,
        name: 'abandoned-cart',
        step: 'cart-reminder#1',
        arrival: 'delivered',
        clicked: 1,
      });
      await history.delivery({
        customer,
        enrolment,
        name: 'abandoned-cart',
        step: 'cart-reminder-last#1',
        sending: 1,
        state: 'skipped',
        reason: 'frequency-cap',
      });
      await history.order({ customer, paid: 2, amount: 123_450 });
      await history.order({ customer, paid: 3, amount: 12_900, currency: 'KRW' });
    });

    it('lists runs and messages with the customer as the shop knows them', async () => {
      await shop.db.updateTable('customers').set({ external_id: 'c-1001' }).execute();
      for (const list of ['runs', 'deliveries']) {
        const rows: unknown = JSON.parse((await shop.run(list, '--json')).said);
        expect(rows).toContainEqual(expect.objectContaining({ customer: 'c-1001' }));
        expect((await shop.run(list)).said).toContain('c-1001');
      }
    });

    it('lists them without a name when the shop gave none', async () => {
      await shop.db.updateTable('customers').set({ external_id: null }).execute();
      const rows: unknown = JSON.parse((await shop.run('runs', '--json')).said);
      expect(rows).toContainEqual(expect.objectContaining({ customer: null }));
    });

    it('prints a table with money and parts as people write them', async () => {
      const { said } = await shop.run('report', '--journey', 'abandoned-cart');
      expect(said).toContain('abandoned-cart  1 entered, 1 waiting now');
      expect(said).toMatch(
        /cart-reminder#1 +1 +1 \(100%\) +0 +1 \(100%\) +2 \(200%\) +£1,234\.50 \+ ₩12,900/,
      );
      expect(said).toContain(
        'skipped   1 × the frequency cap would have held it until it was no longer useful',
      );
      expect(said).toContain('converted means: an order paid within 3 days of a click');
    });

    it('prints the same as JSON and for spreadsheets', async () => {
      const { said } = await shop.run('report', '--json');
      expect(JSON.parse(said)).toMatchObject({
        journeys: [{ name: 'abandoned-cart', converted: 2, skipped: { 'frequency-cap': 1 } }],
        campaigns: [],
      });
      const csv = await shop.run('report', '--csv');
      expect(parse(csv.said, { columns: true })).toMatchObject([
        { name: 'abandoned-cart', step: '', entered: '1', revenue_GBP: '1234.5', revenue_KRW: '12900' },
        { name: 'abandoned-cart', step: 'cart-reminder#1', entered: '', sent: '1' },
        { name: 'abandoned-cart', step: 'cart-reminder-last#1', 'skipped_frequency-cap': '1' },
      ]);
    });

    it('reports how customers buy in all three forms', async () => {
      const { said } = await shop.run('report', 'customers');
      expect(said).toMatch(/repeat-purchase rate +100% +1 of 1 customer\n/);
      expect(said).toMatch(/average order value, KRW +₩12,900 +1 order\n/);
      expect(said).toMatch(/median gap between orders +1 day +1 gap\n/);
      const json = await shop.run('report', 'customers', '--json');
      expect(JSON.parse(json.said)).toMatchObject({ customers: 1, orders: 2 });
      const csv = await shop.run('report', 'customers', '--csv');
      expect(parse(csv.said, { columns: true })).toContainEqual({
        figure: 'average_order_value',
        currency: 'GBP',
        value: '1234.5',
        of: '1',
      });
    });
  });

  it('does not refuse a journey that has been retired since, nor a period without it', async () => {
    const history = createHistory(shop.db);
    const customer = await history.customer();
    await history.enrolment({ customer, journey: 'summer-care' });
    const report = await shop.run('report', '--journey', 'summer-care', '--until', '2000-01-01');
    expect(report.exitCode).toBe(0);
    expect((await shop.run('deliveries', '--journey', 'summer-care')).exitCode).toBe(0);
  });
});

describe('a cell for a spreadsheet', () => {
  it.each(['=1+1', '+44 20', '-1', '@here', '\tx', '\rx'])('is never run as a formula: %j', (text) => {
    expect(csvOf(['a'], [{ a: text }])).toBe(`a\r\n"'${text}"\r\n`);
  });

  it('stays as it is when it is a word or a number', () => {
    expect(csvOf(['a', 'b', 'c'], [{ a: "cart's", b: -5, c: null }])).toBe("a,b,c\r\ncart's,-5,\r\n");
  });

  it('comes back as it went out, whatever it is', () => {
    const plainText = (cell: string) => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
    const texts = fc.array(fc.stringMatching(/^['=+\-@\t\r\n",;a 한]{0,6}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, (cells) => {
        const columns = cells.map((_, index) => `c${index}`);
        const row = Object.fromEntries(cells.map((cell, index) => [`c${index}`, cell]));
        const [, back = []] = parse(csvOf(columns, [row]), { record_delimiter: '\r\n' });
        expect(back.map(plainText)).toEqual(cells);
        expect(cells.map(safeText).filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
      }),
    );
  });

  it('holds in a whole report, also for a journey with such a name', () => {
    const figures = {
      conversion: '',
      sent: 0,
      delivered: 0,
      bounced: 0,
      clicked: 0,
      converted: 0,
      revenue: [],
      skipped: {},
      deferred: 0,
      onTheWay: 0,
      failed: 0,
      unknown: 0,
      steps: [],
    };
    const journey = { ...figures, name: '=cmd', entered: 0, waiting: 0, ended: {} };
    expect(reportCsv({ journeys: [journey], campaigns: [], waitingReceipts: 0 })).toContain(`"'=cmd"`);
  });
});

describe('money', () => {
  it.each([
    [123_450, 'GBP', 'en', '£1,234.50', '1234.50'],
    [12_900, 'KRW', 'en', '₩12,900', '12900'],
    [123_456, 'BRL', 'pt-BR', 'R$ 1.234,56', '1234.56'],
    [-5, 'USD', 'en', '-$0.05', '-0.05'],
  ])('of %i %s is written as in %s', (amount, currency, locale, words, decimal) => {
    const { money } = createFormats(locale);
    expect(money({ amount, currency }).replaceAll('\u00a0', ' ')).toBe(words);
    expect(decimalOf({ amount, currency })).toBe(decimal);
  });
});
