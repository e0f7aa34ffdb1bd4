import { sql, type RawBuilder } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import { parseDuration, type Duration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import type { Segment, SegmentTerms, When } from '../domain/segment.ts';
import { timestamp } from './database.ts';

type Condition = RawBuilder<boolean>;

/**
 * Is the customer `c` in the segment, as of `now`? A condition for the `where` of a statement about `customers c`.
 *
 * Whatever has to be looked up is looked up per customer by an index. So a page costs the same wherever it begins, and the
 * whole base is a sum of pages.
 */
export function isInSegment(segment: Segment, now: Instant): Condition {
  return sql`c.state = 'active' and ${conditionOf(segment, now)}`;
}

/** Before every id. */
export const firstId = '00000000-0000-0000-0000-000000000000';

function conditionOf(segment: Segment, now: Instant): Condition {
  switch (segment.kind) {
    case 'terms':
      return and(conditionsOf(segment.terms, now));
    case 'all':
      return and(segment.of.map((each) => conditionOf(each, now)));
    case 'any':
      return sql`(${sql.join(
        segment.of.map((each) => conditionOf(each, now)),
        sql` or `,
      )})`;
    case 'not':
      // An unknown country or language is no member, so it is one of the others.
      return sql`(${conditionOf(segment.of, now)}) is not true`;
    default:
      return segment satisfies never;
  }
}

function and(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;
}

function conditionsOf(terms: SegmentTerms, now: Instant): Condition[] {
  const { consent, country, language, bought, notBought, orders, spent, boughtCategory, business } = terms;
  return [
    sql<boolean>`c.kind = ${business === true ? 'business' : 'consumer'}`,
    ...given(country, (countries) => sql`c.country = any(${listOf(countries)}::text[])`),
    ...given(language, (languages) => sql`split_part(c.locale, '-', 1) = any(${listOf(languages)}::text[])`),
    ...given(consent, (channels) => hasConsent(listOf(channels))),
    ...given(bought, (when) => hasBought(when, now)),
    ...given(notBought, (when) => sql`not ${hasBought(when, now)}`),
    ...given(orders, ({ atLeast, within }) => hasOrders(atLeast, sinceOf(within, now))),
    ...given(spent, ({ atLeast, within }) => hasSpent(atLeast, sinceOf(within, now))),
    ...given(boughtCategory, ({ category, within }) => hasBoughtCategory(category, sinceOf(within, now))),
  ];
}

function given<Term>(term: Term | undefined, condition: (term: Term) => Condition): Condition[] {
  return term === undefined ? [] : [condition(term)];
}

function listOf<Item extends string>(items: Item | readonly Item[]): readonly Item[] {
  return typeof items === 'string' ? [items] : items;
}

/** The latest word about all topics counts, and at the same instant the withdrawal, as in `current_consents`. */
function hasConsent(channels: readonly ChannelName[]): Condition {
  const each = channels.map(
    (channel) => sql<boolean>`(
      select k.state = 'granted' from consents k
      where k.customer_id = c.id and k.channel = ${channel} and k.purpose = 'marketing' and k.topic = ''
      order by k.occurred_at desc, (k.state = 'withdrawn') desc
      limit 1
    )`,
  );
  return sql`coalesce(${sql.join(each, sql` or `)}, false)`;
}

function hasBought(when: When, now: Instant): Condition {
  return sql`exists (
    select from orders o
    where o.customer_id = c.id and o.placed_at >= ${timestamp(instantOf(when, now))}::timestamptz
      and o.placed_at <= ${timestamp(now)}::timestamptz and o.state <> 'cancelled'
  )`;
}

function hasOrders(atLeast: number, since: Instant): Condition {
  return sql`(
    select count(*) from orders o
    where o.customer_id = c.id and o.paid_at >= ${timestamp(since)}::timestamptz
      and o.state not in ('cancelled', 'refunded')
  ) >= ${atLeast}`;
}

function hasSpent(
  { amount, currency }: { readonly amount: number; readonly currency: string },
  since: Instant,
): Condition {
  return sql`(
    select coalesce(sum(o.total_amount - o.refunded_amount), 0) from orders o
    where o.customer_id = c.id and o.total_currency = ${currency}
      and o.paid_at >= ${timestamp(since)}::timestamptz and o.state <> 'cancelled'
  ) >= ${amount}`;
}

function hasBoughtCategory(category: string, since: Instant): Condition {
  return sql`exists (
    select from orders o
    join order_lines l on l.order_id = o.id
    join variants v on v.variant = l.variant
    where o.customer_id = c.id and o.placed_at >= ${timestamp(since)}::timestamptz and o.state <> 'cancelled'
      and v.category = ${category} and not l.gift and l.quantity > l.refunded_quantity
  )`;
}

/** Before the first order that anybody could import. */
const ever: Instant = Date.UTC(1900, 0, 1);

function sinceOf(within: Duration | undefined, now: Instant): Instant {
  return within === undefined ? ever : now - parseDuration(within);
}

function instantOf(when: When, now: Instant): Instant {
  if (when === 'ever') return ever;
  if ('within' in when) return sinceOf(when.within, now);
  return typeof when.since === 'number' ? when.since : Date.parse(when.since);
}
