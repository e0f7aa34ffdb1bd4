import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTicker } from '../../dispatch/ticker.ts';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { onDoorstep } from '../intake/doorstep-shop.ts';
import { openCommandShop, type CommandShop } from './run-perennial.ts';

let shop: CommandShop;

beforeEach(async () => {
  shop = await openCommandShop();
});
afterEach(async () => {
  await shop.close();
});

const header = 'id,customer,at,variant,quantity,price,currency';
const orders = (...rows: readonly string[]) => [header, ...rows, ''].join('\n');
const count = async (table: 'orders' | 'events' | 'enrolments' | 'outbox' | 'deliveries' | 'variants') =>
  (
    await shop.db
      .selectFrom(table)
      .select('id' as never)
      .execute()
  ).length;
const states = () =>
  shop.db
    .selectFrom('orders')
    .select([
      'order_id as order',
      'state',
      'total_amount as total',
      'total_currency as currency',
      'placed_at as at',
    ])
    .orderBy('order_id')
    .execute();
const importOrders = (file: string, ...words: readonly string[]) =>
  shop.run('import', 'orders', file, ...words);
const tally = (said: string): unknown => JSON.parse(said);

describe('orders of a CSV file', () => {
  it('come in month by month, also when the same products are sold again', async () => {
    const month = (day: string, id: string) =>
      [`${header},title`, `${id},c,${day} 10:00,A,1,2.55,GBP,White heart`, ''].join('\n');
    for (const [day, id] of [
      ['2026-02-03', '1'],
      ['2026-03-04', '2'],
    ] as const) {
      const { exitCode, said } = await importOrders(await shop.file(`${id}.csv`, month(day, id)), '--json');
      expect({ exitCode, tally: tally(said) }).toMatchObject({
        exitCode: 0,
        tally: { imported: 1, rejected: 0 },
      });
    }
    expect((await states()).map(({ order }) => order)).toEqual(['1', '2']);
  });

  it('are orders, paid, with all their lines and exact amounts', async () => {
    const file = await shop.file(
      'orders.csv',
      orders(
        '1,c,2026-03-01 10:00,A,2,2.55,GBP',
        '1,c,2026-03-01 10:00,B,1,0.5,GBP',
        '2,d,2026-03-02,A,1,12900,KRW',
      ),
    );
    const { exitCode, said } = await importOrders(file, '--zone', 'Asia/Seoul', '--json');
    expect({ exitCode, tally: tally(said) }).toMatchObject({
      exitCode: 0,
      tally: { rows: 3, imported: 3, rejected: 0 },
    });
    expect(await states()).toEqual([
      { order: '1', state: 'paid', total: 560, currency: 'GBP', at: Date.parse('2026-03-01T10:00+09:00') },
      { order: '2', state: 'paid', total: 12_900, currency: 'KRW', at: Date.parse('2026-03-02T00:00+09:00') },
    ]);
    expect(await onDoorstep(shop)).toHaveLength(3);
  });

  it('may have columns of other names, numbers that a spreadsheet changed, and be packed', async () => {
    const text =
      'InvoiceNo;CustomerID;InvoiceDate;StockCode;Description;Quantity;UnitPrice\n9;17850.0;2010-12-01 08:26:00;A;"White; heart";6;2,55\n';
    const file = await shop.file('invoices.csv.gz', gzipSync(text));
    const mapping =
      'id=InvoiceNo,customer=CustomerID,at=InvoiceDate,variant=StockCode,title=Description,quantity=Quantity,price=UnitPrice';
    const { exitCode } = await importOrders(file, '--map', mapping, '--currency', 'GBP');
    expect(exitCode).toBe(0);
    expect(await states()).toMatchObject([{ order: '9', total: 1530 }]);
    const [customer] = await shop.db.selectFrom('customers').select('external_id').execute();
    const [variant] = await shop.db.selectFrom('variants').select('title').execute();
    expect({ customer, variant }).toEqual({
      customer: { external_id: '17850' },
      variant: { title: 'White; heart' },
    });
  });

  it('are told from JSON lines as well, with their lines in a list', async () => {
    const lines = [{ variant: 'A', quantity: 1, price: { amount: 255, currency: 'GBP' }, gift: true }];
    const order = { id: 'o-1', customer: 'c', at: '2026-03-01T10:00:00Z', state: 'cancelled', lines };
    const file = await shop.file('orders.jsonl', `${JSON.stringify(order)}\n`);
    expect((await importOrders(file)).exitCode).toBe(0);
    expect(await states()).toMatchObject([{ order: 'o-1', state: 'cancelled', total: 255 }]);
  });

  it('have their effect once, however often the file is imported', async () => {
    const file = await shop.file(
      'orders.csv',
      orders('1,c,2026-03-01,A,4,2.55,GBP', 'C1,c,2026-03-02,A,-1,2.55,GBP'),
    );
    await importOrders(file);
    const before = { events: await count('events'), units: await onDoorstep(shop) };
    const { said } = await importOrders(file, '--json');
    expect(tally(said)).toMatchObject({ imported: 0, known: 2, rejected: 0 });
    expect({ events: await count('events'), units: await onDoorstep(shop) }).toEqual(before);
  });

  it('are not changed by a later file that says something else, and it says so', async () => {
    await importOrders(await shop.file('orders.csv', orders('1,c,2026-03-01,A,4,2.55,GBP')));
    const other = await shop.file(
      'other.csv',
      orders('1,c,2026-03-01,A,9,2.55,GBP', '2,c,2026-03-01,A,1,2.55,GBP'),
    );
    const { exitCode, said } = await importOrders(other);
    expect(exitCode).toBe(1);
    expect(said).toContain('imported before with another content');
    expect(await states()).toMatchObject([{ total: 1020 }, { order: '2', total: 255 }]);
  });

  it('are only looked at in a dry run', async () => {
    const file = await shop.file('orders.csv', orders('1,c,2026-03-01,A,4,2.55,GBP'));
    const { said } = await importOrders(file, '--dry-run', '--json');
    expect(tally(said)).toMatchObject({ imported: 0, wouldImport: 1 });
    expect(await count('events')).toBe(0);
  });

  it('may lie between the rows of other orders', async () => {
    const file = await shop.file(
      'orders.csv',
      orders('1,c,2026-03-01,A,1,1,GBP', '2,d,2026-03-01,A,1,1,GBP', '1,c,2026-03-01,B,1,1,GBP'),
    );
    await importOrders(file);
    expect(await states()).toMatchObject([{ total: 200 }, { total: 100 }]);
  });

  it('leave out what is no goods, and take guests only when told to', async () => {
    const file = await shop.file(
      'orders.csv',
      orders('1,c,2026-03-01,A,1,1,GBP', '1,c,2026-03-01,POST,1,9,GBP', '2,,2026-03-01,A,1,1,GBP'),
    );
    const { exitCode, said } = await importOrders(file, '--without', 'POST,D', '--json');
    expect({ exitCode, tally: tally(said) }).toMatchObject({
      exitCode: 1,
      tally: { imported: 1, leftOut: 1, rejected: 1 },
    });
    expect((await importOrders(file, '--without', 'POST,D', '--guests')).exitCode).toBe(0);
    expect(await states()).toMatchObject([{ order: '1', total: 100 }, { order: '2' }]);
  });
});

describe('rows that are not taken in', () => {
  const bad = [
    ['1,c,2026-03-01,A,zwei,2.55,GBP', 'the quantity is "zwei"'],
    ['1,c,2026-03-01,A,1,"1,299",GBP', 'the price is "1,299"'],
    ['1,c,2026-03-01,A,1,2.555,GBP', 'GBP has 2 decimals'],
    ['1,c,2026-03-01,A,1,100.50,KRW', 'KRW has 0 decimals'],
    ['1,c,2026-03-01,A,1,-4,GBP', 'below zero'],
    ['1,c,2026-03-01,A,1,1e999,GBP', 'the price is "1e999"'],
    ['1,c,2026-03-01,A,1,Infinity,GBP', 'the price is "Infinity"'],
    ['1,c,2026-02-30,A,1,1,GBP', 'it was at "2026-02-30"'],
    ['1,c,01/03/2026,A,1,1,GBP', 'it was at "01/03/2026"'],
    ['1,c,2026-03-01,A,1,1,pounds', 'the currency is "pounds"'],
    ['1,,2026-03-01,A,1,1,GBP', 'names no customer'],
    ['1,c,2026-03-01,,1,1,GBP', 'says no variant'],
    ['1,c,2026-03-01,A,1,1', 'has 6 cells where the header has 7'],
    ['R1,c,2026-03-01,A,-1,1,GBP', 'no earlier order of the customer has as many'],
  ] as const;

  it.each(bad)('say why: %s', async (row, why) => {
    const { exitCode, said } = await importOrders(await shop.file('orders.csv', orders(row)));
    expect({ exitCode, orders: await count('orders') }).toEqual({ exitCode: 1, orders: 0 });
    expect(said).toContain(why);
  });

  it('say so when the file has no column for the order, or a row has no order in it', async () => {
    const file = await shop.file(
      'orders.csv',
      'customer,at,variant,quantity,price\nc,2026-03-01,A,1,1\nd,2026-03-01,A,1,1\n',
    );
    const { exitCode, said } = await importOrders(file, '--currency', 'GBP', '--json');
    expect({ exitCode, tally: tally(said) }).toMatchObject({
      exitCode: 1,
      tally: { imported: 0, rejected: 2 },
    });
    expect(said).toContain('says no id');
    const empty = await shop.file('empty.csv', orders(',c,2026-03-01,A,1,1,GBP', '1,c,2026-03-01,A,1,1,GBP'));
    expect(tally((await importOrders(empty, '--json')).said)).toMatchObject({ imported: 1, rejected: 1 });
  });

  it('reject their order as a whole, and come in once they are corrected', async () => {
    const file = await shop.file(
      'orders.csv',
      orders('1,c,2026-03-01,A,1,1,GBP', '1,c,2026-03-01,B,x,1,GBP', '2,c,2026-03-01,A,1,1,GBP'),
    );
    await importOrders(file, '--rejected', shop.path('rejected.csv'));
    expect(await states()).toMatchObject([{ order: '2' }]);
    const rejected = await readFile(shop.path('rejected.csv'), 'utf8');
    expect(rejected.split('\n')).toHaveLength(4);
    expect(rejected).toContain('#problem');
    expect(rejected).toContain('is of one order with');
    const corrected = await shop.file('corrected.csv', rejected.replace(',x,', ',1,'));
    expect((await importOrders(corrected)).exitCode).toBe(0);
    expect(await states()).toMatchObject([{ order: '1', total: 200 }, { order: '2' }]);
  });

  it('of other imports are written to the file too', async () => {
    const file = await shop.file(
      'people.ndjson',
      '{"who":"c-1","mail":"x"}\n{"who":"c-2","mail":"mina@example.com"}\nno json\n',
    );
    const words = ['--map', 'customerId=who,email=mail', '--rejected', shop.path('rejected.ndjson')];
    const { exitCode } = await shop.run('import', 'customers', file, ...words);
    expect(exitCode).toBe(1);
    const rejected = await readFile(shop.path('rejected.ndjson'), 'utf8');
    expect(
      rejected
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)['#problem']),
    ).toEqual([expect.stringContaining('data.email'), 'is not JSON']);
    expect(await shop.db.selectFrom('contact_points').select('address').execute()).toEqual([
      { address: 'mina@example.com' },
    ]);
  });
});

describe('goods that came back', () => {
  it('are refunds of the newest earlier order that has enough of them', async () => {
    const rows = [
      '1,c,2026-03-01,A,9,1,GBP',
      '2,c,2026-03-02,A,2,1,GBP',
      '3,c,2026-03-09,A,9,1,GBP',
      'C7,c,2026-03-05,A,-3,1,GBP',
    ];
    await importOrders(await shop.file('orders.csv', orders(...rows)));
    expect((await onDoorstep(shop)).map(({ order, refunded }) => [order, refunded])).toEqual([
      ['1', 3],
      ['2', 0],
      ['3', 0],
    ]);
  });

  it('come from several orders when none has enough, and from none twice', async () => {
    const rows = [
      '1,c,2026-03-01,A,2,1,GBP',
      '2,c,2026-03-02,A,2,1,GBP',
      'C7,c,2026-03-05,A,-3,1,GBP',
      'C8,c,2026-03-05,A,-3,1,GBP',
    ];
    const { said } = await importOrders(await shop.file('orders.csv', orders(...rows)), '--json');
    expect((await onDoorstep(shop)).map(({ refunded }) => refunded)).toEqual([1, 2]);
    expect(tally(said)).toMatchObject({ imported: 3, rejected: 1 });
  });

  it('do not come from orders of somebody else', async () => {
    await importOrders(
      await shop.file('orders.csv', orders('1,d,2026-03-01,A,2,1,GBP', 'C7,c,2026-03-05,A,-1,1,GBP')),
    );
    expect(await onDoorstep(shop)).toMatchObject([{ refunded: 0 }]);
  });
});

describe('a file that cannot be right', () => {
  const column = (name: string) => `${header},${name}\n1,c,2026-03-01,A,1,1,GBP,x\n`;
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  const files = [
    ['in Latin-1', Buffer.from(orders('1,Müller,2026-03-01,A,1,1,GBP'), 'latin1'), 'not in UTF-8'],
    ['in Latin-1', Buffer.from(orders('1,Müller,2026-03-01,A,1,1,GBP'), 'latin1'), 'Excel: "CSV UTF-8"'],
    ['in UTF-16 without its mark', utf16(orders('1,c,2026-03-01,A,1,1,GBP')), 'UTF-16'],
    ['in UTF-16 without its mark', utf16(orders('1,c,2026-03-01,A,1,1,GBP')), 'Excel: "CSV UTF-8"'],
    ['with a doubled column', Buffer.from(column('price')), 'the column "price" twice'],
    ['with price beside price.amount', Buffer.from(column('price.amount')), '"price" beside "price.…"'],
    ['with NUL in a column', Buffer.from(column('na\u0000me')), 'zero'],
    [
      'with a quotation mark that is not closed',
      Buffer.from(orders('1,"c,2026-03-01,A,1,1,GBP')),
      'quotation mark',
    ],
    ['without rows', Buffer.from(header), 'holds no row'],
    ['that is empty', Buffer.from(''), 'holds no row'],
  ] as const;

  it.each(files)(
    '%s is refused in a sentence, and nothing of it is kept',
    async (_what, content, sentence) => {
      const { exitCode, noted, said } = await importOrders(await shop.file('orders.csv', content));
      expect(exitCode).toBe(1);
      expect(noted + said).toContain(sentence);
      expect(noted).not.toMatch(/CSV_|TypeError|Invalid (Opening|Closing|Record)/);
      expect(await count('events')).toBe(0);
    },
  );

  it('is refused before the good rows of it are kept, also when its end is damaged', async () => {
    const whole = gzipSync(
      orders(...Array.from({ length: 20_000 }, (_, row) => `${row},c${row},2026-03-01,A,1,1,GBP`)),
    );
    const file = await shop.file('orders.csv.gz', whole.subarray(0, whole.length - 20));
    const { exitCode, noted } = await importOrders(file);
    expect({ exitCode, noted: noted.includes('damaged') }).toEqual({ exitCode: 1, noted: true });
    expect(await count('events')).toBe(0);
  });

  it('names the column that a mapping asks for in vain, and the field that orders do not have', async () => {
    const file = await shop.file('orders.csv', orders('1,c,2026-03-01,A,1,1,GBP'));
    expect((await importOrders(file, '--map', 'id=Invoice')).noted).toContain('no "Invoice"');
    expect((await importOrders(file, '--map', 'colour=id')).noted).toContain('no field "colour"');
  });

  it.each([
    ['in UTF-8 with its mark', `\ufeff${orders('1,뮐러,2026-03-01,A,1,"2,55",GBP')}`],
    [
      'with semicolons, and commas in its prices',
      orders('1,뮐러,2026-03-01,A,1,2.55,GBP').replaceAll(',', ';').replace('.', ','),
    ],
    ['with both', `\ufeff${orders('1,뮐러,2026-03-01,A,1,2.55,GBP').replaceAll(',', ';').replace('.', ',')}`],
  ])('is read when a spreadsheet wrote it %s', async (_how, content) => {
    expect((await importOrders(await shop.file('orders.csv', content))).exitCode).toBe(0);
    expect(await states()).toMatchObject([{ order: '1', total: 255, currency: 'GBP' }]);
    expect(await shop.db.selectFrom('customers').select('external_id').execute()).toEqual([
      { external_id: '뮐러' },
    ]);
  });

  it('is read when a spreadsheet wrote it in UTF-16 with its mark', async () => {
    const file = await shop.file(
      'orders.csv',
      utf16(`\ufeff${orders('1,뮐러,2026-03-01,A,1,1,GBP').replaceAll(',', '\t')}`),
    );
    expect((await importOrders(file)).exitCode).toBe(0);
    expect(await shop.db.selectFrom('customers').select('external_id').execute()).toEqual([
      { external_id: '뮐러' },
    ]);
  });
});

describe('two years of history', () => {
  const day = 86_400_000;
  const winBack = {
    name: 'win-back',
    version: 1,
    startsOn: { daily: 'no-order-for', days: 60, at: '00:01' },
    key: () => 'one',
    endsOn: [],
    reentry: 'once-per-key',
  } satisfies JourneyDefinition;
  const thanks: JourneyDefinition = { ...winBack, name: 'thanks', startsOn: 'order.paid', key: () => 'one' };

  it('open no journey and send nothing, and bring to a daily question only whom it is about today', async () => {
    const now = Date.now();
    const rows = Array.from({ length: 365 }, (_, index) => {
      const at = new Date(now - index * 2 * day).toISOString();
      return `o-${index},c-${index},${at},A,1,1,GBP`;
    });
    await importOrders(await shop.file('orders.csv', orders(...rows)));
    expect(await count('orders')).toBe(365);
    expect([await count('enrolments'), await count('outbox'), await count('deliveries')]).toEqual([0, 0, 0]);

    const clock = { now: () => now + 2 * day };
    const journeys: JourneyDefinition[] = [winBack, thanks];
    const intake = createIntake({ db: shop.db, journeys, clock });
    const log = { info: () => undefined, warn: () => undefined };
    await createTicker({ db: shop.db, journeys, clock, home: { timeZone: 'UTC' }, log, intake }).tick();
    const entered = await shop.db
      .selectFrom('enrolments')
      .innerJoin('customers', 'customers.id', 'enrolments.customer_id')
      .select(['journey', 'external_id'])
      .execute();
    expect(new Set(entered.map(({ journey }) => journey))).toEqual(new Set(['win-back']));
    // Those whose last order was sixty days ago, within the week that the ticker looks back.
    const lastOrders = entered.map(({ external_id }) => 2 + 2 * Number(external_id?.slice(2)));
    expect(Math.min(...lastOrders)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...lastOrders)).toBeLessThanOrEqual(68);
    expect(entered.length).toBeLessThan(6);
  });
});

describe('consents', () => {
  const dated = '{"customerId":"c","channel":"email","state":"granted","occurredAt":"2026-03-01T10:00:00Z"}';
  const undated = '{"customerId":"d","channel":"email","state":"granted"}';

  it('must say when they were given: a file that does not is refused, and a row that does not is rejected', async () => {
    const never = await shop.run('import', 'consents', await shop.file('a.ndjson', `${undated}\n${dated}\n`));
    expect(never.noted).toContain('has no occurredAt');
    expect(await count('events')).toBe(0);
    const once = await shop.run('import', 'consents', await shop.file('b.ndjson', `${dated}\n${undated}\n`));
    expect(once).toMatchObject({ exitCode: 1 });
    expect(once.said).toContain('has no occurredAt');
    expect(await count('events')).toBe(1);
  });

  it('with a field beside its own parts are rejected, not misread', async () => {
    const product = '{"variant":"A","price":5,"price.amount":255,"price.currency":"GBP"}';
    const { exitCode, said } = await shop.run(
      'import',
      'products',
      await shop.file('p.ndjson', `${product}\n`),
    );
    expect(exitCode).toBe(1);
    expect(said).toContain('"price" beside "price.…"');
  });
});
