import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { Temporal as TC39 } from 'temporal-polyfill';
import * as z from 'zod';
import type { Instant } from '../../domain/instant.ts';

/** What the Online Retail data tells, oldest first. */
export interface RealOrders {
  readonly orders: readonly RealOrder[];
  /** Goods that came back; the data does not say of which order. */
  readonly returns: readonly RealReturn[];
}

/** One invoice: a real basket at its real date and prices. */
export interface RealOrder {
  readonly invoice: string;
  readonly customer: string;
  readonly country: string;
  readonly at: Instant;
  readonly lines: readonly RealLine[];
}

export interface RealLine {
  readonly variant: string;
  readonly title: string;
  readonly quantity: number;
  /** Pence. */
  readonly price: number;
}

export interface RealReturn {
  readonly invoice: string;
  readonly customer: string;
  readonly at: Instant;
  readonly variant: string;
  readonly quantity: number;
  /** Pence. */
  readonly price: number;
}

/** No goods: postage, discounts, fees, samples. */
export const feeCodes: readonly string[] = [
  'POST', 'D', 'M', 'm', 'DOT', 'C2', 'S', 'B', 'PADS', 'CRUK', 'BANK CHARGES', 'AMAZONFEE',
];
const fees = new Set(feeCodes);

const row = z.object({
  InvoiceNo: z.string(),
  StockCode: z.string(),
  Description: z.string(),
  Quantity: z.coerce.number().int(),
  InvoiceDate: z.string(),
  UnitPrice: z.coerce.number(),
  /** The data writes some as decimals: `17850.0`. */
  CustomerID: z.string().transform((text) => text.replace(/\.0$/, '')),
  Country: z.string(),
});

type Row = z.infer<typeof row>;

/** The two months that the demo plays. */
export const seasonFile = new URL('season.csv', import.meta.url);

/**
 * Reads files of the data, also packed with gzip. Guests, fees and free items are left out.
 *
 * @param wanted only these customers' rows; by default all
 */
export async function readOrders(
  files: readonly (URL | string)[],
  wanted: (customer: string) => boolean = () => true,
): Promise<RealOrders> {
  const rows: Row[] = [];
  for (const file of files) {
    for await (const line of rowsOf(file)) {
      const read = row.parse(line);
      if (isGoods(read) && wanted(read.CustomerID)) rows.push(read);
    }
  }
  const invoices = groupBy(rows, (line) => line.InvoiceNo);
  return {
    orders: [...invoices.values()].filter(isBought).map(toOrder).toSorted(byTime),
    returns: rows.filter(({ Quantity }) => Quantity < 0).map(toReturn).toSorted(byTime),
  };
}

function rowsOf(file: URL | string): AsyncIterable<unknown> {
  const bytes = createReadStream(file);
  const text = String(file).endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  return text.pipe(parse({ columns: true }));
}

function isGoods({ CustomerID, StockCode, UnitPrice }: Row): boolean {
  return CustomerID !== '' && UnitPrice > 0 && !fees.has(StockCode);
}

function isBought(rows: readonly Row[]): boolean {
  return rows.every(({ Quantity }) => Quantity > 0);
}

function toOrder(rows: readonly Row[]): RealOrder {
  const [first] = rows;
  if (first === undefined) throw new Error('an order has at least one line');
  return {
    invoice: first.InvoiceNo,
    customer: first.CustomerID,
    country: first.Country,
    at: londonTime(first.InvoiceDate),
    lines: mergeVariants(rows),
  };
}

function toReturn(line: Row): RealReturn {
  return {
    invoice: line.InvoiceNo,
    customer: line.CustomerID,
    at: londonTime(line.InvoiceDate),
    variant: line.StockCode,
    quantity: -line.Quantity,
    price: pence(line),
  };
}

/** The file repeats a product on several lines of one invoice now and then. */
function mergeVariants(rows: readonly Row[]): RealLine[] {
  const variants = new Map<string, RealLine>();
  for (const line of rows) {
    const known = variants.get(line.StockCode);
    variants.set(line.StockCode, {
      variant: line.StockCode,
      title: known?.title ?? readable(line.Description),
      quantity: (known?.quantity ?? 0) + line.Quantity,
      price: known?.price ?? pence(line),
    });
  }
  return [...variants.values()];
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** The data shouts: `IVORY GIANT GARDEN THERMOMETER`. */
function readable(description: string): string {
  const lower = description.trim().replace(/\s+/g, ' ').toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

const pence = ({ UnitPrice }: Row) => Math.round(UnitPrice * 100);

const byTime = (a: { at: Instant; invoice: string }, b: { at: Instant; invoice: string }) =>
  a.at - b.at || a.invoice.localeCompare(b.invoice);

function londonTime(text: string): Instant {
  return TC39.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime('Europe/London').epochMilliseconds;
}
