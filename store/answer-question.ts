import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { keptUnits } from '../domain/kept-goods.ts';
import { type ProductKind, productKindOf, productKinds } from '../domain/product-kind.ts';
import type { Question, QuestionName, Questions } from '../domain/questions.ts';
import { type Queryable, timestamp } from './database.ts';
import { localInstant } from '../domain/calendar/local-instant.ts';
import { recipientZone } from '../domain/calendar/recipient-zone.ts';
import { dayAfter, seasonDays } from '../domain/seasons.ts';
import { outlookOf } from '../insight/replenishment.ts';
import { loadGoods } from './live-goods.ts';
import { loadPantries } from './pantry.ts';

/** Who asks, and when. */
interface Asking {
  /** The person is looked up now, so that the answer is right after a merge. */
  readonly enrolment: string;
  readonly now: Instant;
  /** The shop's own place, for customers of whom nothing is known. */
  readonly home: { readonly timeZone: string };
}

type Answerers = {
  readonly [Name in QuestionName]: (
    db: Queryable,
    input: Questions[Name]['input'],
    asking: Asking,
  ) => Promise<Questions[Name]['answer']>;
};

const answers: Answerers = {
  'cart.last-activity': lastActivityOfCart,
  'cart.status': statusOfCart,
  'order.kinds': kindsOfOrder,
  'order.supplies': suppliesOfOrder,
  'season.instants': instantsOfSeason,
  'customer.orders': ordersOfCustomer,
};

/**
 * Answerers what a story asks, from the facts as they are; changes no fact (rhythms that are reckoned for it are kept).
 *
 * A cart that is gone (its customer was erased) has been idle for ever and counts as expired, so that the story goes on
 * and delivery finds nothing left to say.
 *
 * @throws what the driver throws; the caller tries again
 */
export function answerQuestion<Name extends QuestionName>(
  db: Queryable,
  question: Question<Name>,
  asking: Asking,
): Promise<Questions[Name]['answer']> {
  return answers[question.name](db, question.input, asking);
}

async function lastActivityOfCart(db: Queryable, { cart }: { readonly cart: string }): Promise<Instant> {
  const row = await db
    .selectFrom('carts')
    .select('last_activity_at')
    .where('id', '=', cart)
    .executeTakeFirst();
  return row?.last_activity_at ?? 0;
}

async function statusOfCart(
  db: Queryable,
  { cart }: { readonly cart: string },
): Promise<Questions['cart.status']['answer']> {
  const row = await db
    .selectFrom('carts')
    .select(['state', 'items', 'checkout_at', 'superseded_at'])
    .where('id', '=', cart)
    .executeTakeFirst();
  if (row === undefined) return { state: 'expired', items: 0, checkoutStarted: false, superseded: false };
  return {
    state: row.state,
    items: row.items.length,
    checkoutStarted: row.checkout_at !== null,
    superseded: row.superseded_at !== null,
  };
}

async function kindsOfOrder(db: Queryable, { order }: { readonly order: string }): Promise<ProductKind[]> {
  const goods = (await loadGoods(db, [order])).get(order)?.lines ?? [];
  const kept = goods.filter((line) => !line.gift && keptUnits(line) > 0);
  const kinds = new Set(kept.map(({ category }) => productKindOf(category)));
  return productKinds.filter((kind) => kinds.has(kind));
}

async function suppliesOfOrder(
  db: Queryable,
  { order, after }: { readonly order: string; readonly after: Instant },
  { now }: Asking,
): Promise<Questions['order.supplies']['answer']> {
  const pantry = (await loadPantries(db, [order], now)).get(order);
  return pantry === undefined ? { over: 'order-gone' } : outlookOf(pantry, order, after);
}

/** Ten in the morning is an hour at which every channel may be used (journeys reference 2). */
const seasonHour = '10:00';

/** On the same clock as a campaign's local time, so that "ten in the morning" is one thing to a customer. */
async function instantsOfSeason(
  db: Queryable,
  { season }: { readonly season: string },
  { enrolment, home }: Asking,
): Promise<Questions['season.instants']['answer']> {
  const days = seasonDays(season);
  const whereabouts = await db
    .selectFrom('enrolments')
    .innerJoin('customers', 'customers.id', 'enrolments.customer_id')
    .select(['time_zone', 'time_zone_source', 'country'])
    .where('enrolments.id', '=', enrolment)
    .executeTakeFirst();
  if (days === undefined || whereabouts === undefined) return { overAt: 0, recapAt: 0, offerAt: 0 };
  const { time_zone, time_zone_source, country } = whereabouts;
  const statedZone = time_zone_source === 'stated' ? time_zone : null;
  const zone = recipientZone({ statedZone, country }, home.timeZone);
  return {
    overAt: localInstant(dayAfter(days.closes, 1), '00:00', zone),
    recapAt: localInstant(days.recap, seasonHour, zone),
    offerAt: localInstant(days.offer, seasonHour, zone),
  };
}

/** Orders placed since an instant and by now; one that was cancelled was still an order. */
async function ordersOfCustomer(
  db: Queryable,
  { since }: { readonly since: Instant },
  { enrolment, now }: Asking,
): Promise<Questions['customer.orders']['answer']> {
  const { count, last } = await db
    .selectFrom('orders')
    .innerJoin('enrolments', 'enrolments.customer_id', 'orders.customer_id')
    .select((eb) => [
      eb.fn.countAll<number>().as('count'),
      sql<Instant | null>`max(orders.placed_at)`.as('last'),
    ])
    .where('enrolments.id', '=', enrolment)
    .where(
      sql<boolean>`orders.placed_at between ${timestamp(since)}::timestamptz and ${timestamp(now)}::timestamptz`,
    )
    .executeTakeFirstOrThrow();
  return last === null ? { count } : { count, lastAt: last };
}
