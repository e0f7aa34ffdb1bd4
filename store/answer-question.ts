import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { keptUnits } from '../domain/kept-goods.ts';
import { type ProductKind, productKindOf, productKinds } from '../domain/product-kind.ts';
import type { Question, QuestionName, Questions } from '../domain/questions.ts';
import { type Queryable, timestamp } from './database.ts';
import { loadGoods } from './live-goods.ts';

/** Who asks, and when. */
interface Asking {
  /** The person is looked up now, so that the answer is right after a merge. */
  readonly enrolment: string;
  readonly now: Instant;
}

type Answers = {
  readonly [Name in QuestionName]: (
    db: Queryable,
    input: Questions[Name]['input'],
    asking: Asking,
  ) => Promise<Questions[Name]['answer']>;
};

const answers: Answers = {
  'cart.last-activity': lastActivityOfCart,
  'cart.status': statusOfCart,
  'order.kinds': kindsOfOrder,
  'customer.orders': ordersOfCustomer,
};

/**
 * Answers what a story asks, from the facts as they are; changes nothing.
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
