import { type FactOf, question } from '../journey.ts';

/** An order of many things, each used up at another time, is no reason to write every week (our choice). */
export const mostMessages = 6;

/** What is due first of all that the order brought, after an instant if there is one. */
export const suppliesOf = ({ order }: { readonly order: string }, { after = 0 } = {}) =>
  question('order.supplies', { order, after });

/**
 * Is the order one for all that was in the parcel? Then nothing is left to remind of, from the moment it is placed. Products
 * that are bought in place of each other, and a part of it, are looked up when the time has come.
 */
export function buysAllAgain(order: FactOf<'order.placed'>, parcel: FactOf<'order.delivered'>): boolean {
  if (order.order === parcel.order || order.at < parcel.at || !parcel.deliveredAll) return false;
  const bought = order.lines.filter((line) => !line.gift).map((line) => line.variant);
  const used = parcel.lines.filter((line) => !line.gift).map((line) => line.variant);
  return used.every((variant) => bought.includes(variant));
}
