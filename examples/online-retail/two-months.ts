import { christmasLastParcels } from './christmas.ts';
import { drawSeason, type DrawnSeason } from './draw-season.ts';
import { playSeason, type Played, type PlayOptions } from './play-season.ts';
import { hashOf } from './random.ts';
import { readOrders, seasonFile, type RealOrders } from './read-orders.ts';

export interface TwoMonthsOptions extends Pick<PlayOptions, 'stage' | 'databaseUrl' | 'channels' | 'onDay'> {
  /** How many of the customers in `season.csv` are played: always the same ones first. */
  readonly customers: number;
  readonly onDrawn?: (season: DrawnSeason) => void;
}

/** Eve of the first order, so that what customers told of themselves comes before it. */
const from = Date.parse('2010-11-30T12:00:00Z');
const until = Date.parse('2011-02-01T00:00:00Z');

/** Plays December 2010 and January 2011: carts, orders and parcels around Christmas, with a campaign a week before it. */
export async function playTwoMonths({ customers, onDrawn, ...playing }: TwoMonthsOptions): Promise<Played> {
  const season = drawSeason(firstOf(await readOrders([seasonFile]), customers), { from, leavesBaskets: true });
  onDrawn?.(season);
  return playSeason({ ...playing, season, until, campaigns: [christmasLastParcels] });
}

function firstOf({ orders, returns }: RealOrders, count: number): RealOrders {
  const customers = [...new Set(orders.map(({ customer }) => customer))];
  const chosen = new Set(customers.toSorted((a, b) => hashOf(a) - hashOf(b)).slice(0, count));
  return {
    orders: orders.filter(({ customer }) => chosen.has(customer)),
    returns: returns.filter(({ customer }) => chosen.has(customer)),
  };
}
