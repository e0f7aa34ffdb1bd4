import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { Temporal as TC39 } from 'temporal-polyfill';
import * as z from 'zod';
import type { Instant } from '../../domain/instant.ts';

/** One invoice of the Online Retail data: a real basket at its real date and prices. */
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

const row = z.object({
  InvoiceNo: z.string(),
  StockCode: z.string(),
  Description: z.string(),
  Quantity: z.coerce.number().int().positive(),
  InvoiceDate: z.string(),
  UnitPrice: z.coerce.number().positive(),
  CustomerID: z.string(),
  Country: z.string(),
});

/** The orders of `orders.csv`, oldest first. */
export async function readOrders(file = new URL('orders.csv', import.meta.url)): Promise<RealOrder[]> {
  const rows = z.array(row).parse(parse(await readFile(file), { columns: true }));
  const byInvoice = groupBy(rows, (line) => line.InvoiceNo);
  return [...byInvoice.values()].map(toOrder).toSorted((a, b) => a.at - b.at || a.invoice.localeCompare(b.invoice));
}

function toOrder(rows: readonly z.infer<typeof row>[]): RealOrder {
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

/** The file repeats a product on several lines of one invoice now and then. */
function mergeVariants(rows: readonly z.infer<typeof row>[]): RealLine[] {
  return [...groupBy(rows, (line) => line.StockCode)].map(([variant, lines]) => ({
    variant,
    title: readable(lines[0]?.Description ?? variant),
    quantity: lines.reduce((sum, line) => sum + line.Quantity, 0),
    price: Math.round((lines[0]?.UnitPrice ?? 0) * 100),
  }));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** The data shouts: `IVORY GIANT GARDEN THERMOMETER`. */
function readable(description: string): string {
  const lower = description.trim().replace(/\s+/g, ' ').toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

function londonTime(text: string): Instant {
  return TC39.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime('Europe/London').epochMilliseconds;
}
