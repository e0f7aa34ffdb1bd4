import { Temporal as TC39 } from 'temporal-polyfill';
import { cellText } from './cell-text.ts';
import type { MappedRow } from './mapping.ts';

/** Fields that an order file may have, one row per line of an order. */
export const orderFields = [
  'id',
  'customer',
  'at',
  'variant',
  'quantity',
  'price',
  'currency',
  'title',
  'line',
  'gift',
  'channel',
  'market',
  'state',
  'deliveredAt',
] as const;
type OrderField = (typeof orderFields)[number];

export interface OrderFileSettings {
  /** The zone of instants that are written without an offset. */
  readonly timeZone: string;
  /** For rows without a currency of their own. */
  readonly currency?: string | undefined;
  /** Variants that are no goods: postage, discounts, fees. */
  readonly without: ReadonlySet<string>;
  /** Orders that name no customer are taken as bought by somebody unknown. */
  readonly guests: boolean;
}

/** One line of an order, or of a return when its quantity is below zero. */
export interface OrderRow {
  readonly row: MappedRow;
  readonly id: string;
  readonly customer: string | undefined;
  readonly at: string;
  readonly variant: string;
  readonly quantity: number;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly title: string | undefined;
  readonly line: string | undefined;
  readonly gift: boolean;
  readonly channel: string | undefined;
  readonly market: string | undefined;
  readonly state: 'placed' | 'paid' | 'cancelled';
  readonly deliveredAt: string | undefined;
}

/** Why a row cannot be taken in, as the end of the sentence "This row …". */
export class RowProblem extends Error {
  /** The row, where it is one of several. */
  readonly place: string | undefined;

  constructor(problem: string, place?: string) {
    super(problem);
    this.place = place;
  }
}

/** @throws RowProblem */
export function readOrderRow(row: MappedRow, settings: OrderFileSettings): OrderRow {
  if (row.problem !== undefined) throw new RowProblem(row.problem);
  const text = (field: OrderField): string | undefined => textOf(row.fields[field]);
  const needed = (field: OrderField): string => {
    const value = text(field);
    if (value === undefined) throw new RowProblem(`says no ${field}`);
    return value;
  };
  const priceCell = row.fields['price'];
  return {
    row,
    id: needed('id'),
    customer: text('customer'),
    at: readInstant(needed('at'), settings.timeZone),
    variant: needed('variant'),
    quantity: readQuantity(needed('quantity')),
    price: isMoney(priceCell)
      ? priceCell
      : readPrice(needed('price'), currencyOf(text('currency'), settings)),
    title: text('title'),
    line: text('line'),
    gift: readGift(text('gift')),
    channel: text('channel'),
    market: text('market'),
    state: readState(text('state')),
    deliveredAt: readOptionalInstant(text('deliveredAt'), settings.timeZone),
  };
}

/** A whole number that a spreadsheet wrote as `17850.0` is meant as 17850. */
function textOf(cell: unknown): string | undefined {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === 'object') throw new RowProblem(`holds ${JSON.stringify(cell)} where a value should be`);
  const text = cellText(cell).trim();
  return text === '' ? undefined : text.replace(/^(\d+)\.0$/, '$1');
}

function readQuantity(text: string): number {
  if (!/^-?\d{1,7}$/.test(text) || Number(text) === 0)
    throw new RowProblem(`says the quantity is "${text}", which is no whole number`);
  return Number(text);
}

function isMoney(cell: unknown): cell is OrderRow['price'] {
  return (
    typeof cell === 'object' &&
    cell !== null &&
    'amount' in cell &&
    Number.isSafeInteger(cell.amount) &&
    'currency' in cell &&
    typeof cell.currency === 'string'
  );
}

function currencyOf(text: string | undefined, { currency }: OrderFileSettings): string {
  const code = text ?? currency;
  if (code === undefined) throw new RowProblem('says no currency; --currency GBP says it for all rows');
  if (!/^[A-Z]{3}$/.test(code))
    throw new RowProblem(`says the currency is "${code}", which is no ISO 4217 code`);
  return code;
}

/** `2.55`, or `2,55` as much of the world writes it. A comma before three digits may separate thousands: nobody guesses. */
function readPrice(text: string, currency: string): OrderRow['price'] {
  const match = /^(-?)(\d{1,12})(?:[.,](\d+))?$/.exec(text);
  if (match === null || /,\d{3}$/.test(text))
    throw new RowProblem(
      `says the price is "${text}"; write it without separators of thousands, such as 1299.50`,
    );
  const [, sign, whole = '', fraction = ''] = match;
  const digits = decimalsOf(currency);
  const cents = fraction.replace(/0+$/, '');
  if (cents.length > digits)
    throw new RowProblem(`says the price is "${text}", and ${currency} has ${digits} decimals`);
  const amount = Number(`${sign}${whole}${cents.padEnd(digits, '0')}`);
  if (amount < 0) throw new RowProblem(`says the price is "${text}", which is below zero`);
  return { amount, currency };
}

const decimals = new Map<string, number>();

/** How many decimals amounts of a currency have, by CLDR: none in KRW, two in GBP. */
function decimalsOf(currency: string): number {
  const known = decimals.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  decimals.set(currency, digits);
  return digits;
}

function readGift(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (/^(true|yes|1)$/i.test(text)) return true;
  if (/^(false|no|0)$/i.test(text)) return false;
  throw new RowProblem(`says gift is "${text}", which is neither true nor false`);
}

/** History is paid unless it says otherwise. */
function readState(text: string | undefined): OrderRow['state'] {
  if (text === undefined) return 'paid';
  const state = text.toLowerCase();
  if (state === 'placed' || state === 'paid' || state === 'cancelled') return state;
  throw new RowProblem(`says the state is "${text}"; known are placed, paid and cancelled`);
}

function readOptionalInstant(text: string | undefined, timeZone: string): string | undefined {
  return text === undefined ? undefined : readInstant(text, timeZone);
}

let last = { text: '', timeZone: '', instant: '' };

/** Rows of one order repeat its instant, and finding an offset is slow. */
function readInstant(text: string, timeZone: string): string {
  if (last.text !== text || last.timeZone !== timeZone)
    last = { text, timeZone, instant: toInstant(text, timeZone) };
  return last.instant;
}

function toInstant(text: string, timeZone: string): string {
  try {
    const hasOffset = /\d(Z|[+-]\d\d:?\d\d)$/i.test(text) && text.length > 10;
    const instant = hasOffset
      ? TC39.Instant.from(text)
      : TC39.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant();
    return new Date(instant.epochMilliseconds).toISOString();
  } catch {
    throw new RowProblem(
      `says it was at "${text}", and there is no such day or moment; write it as 2026-03-01 or 2026-03-01 10:00:00, with an offset or in the zone of --zone`,
    );
  }
}
