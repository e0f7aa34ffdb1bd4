import { sql, type RawBuilder } from 'kysely';
import type { ConversionRule, ConversionRules } from '../domain/conversion.ts';
import { parseDuration } from '../domain/duration.ts';
import type { Queryable } from './database.ts';
import { recordSet } from './record-set.ts';
import { deliveryIn, isReal, type OriginKind, type ReportScope } from './reports.ts';

/** Conversions of a step, and what they brought in one currency. */
export interface ConversionRow {
  readonly kind: OriginKind;
  readonly name: string;
  readonly step: string;
  readonly conversions: number;
  /** In minor units, net of refunds; null for what has no price. */
  readonly amount: number | null;
  readonly currency: string | null;
}

/**
 * Conversions of messages by journey, campaign and step, from the rows of orders, reviews and clicks as they are now.
 *
 * An order counts once, for the message that was touched last before it was paid: two messages that both led to it do not
 * share it and do not both have it. An order that was cancelled, or of which every line has been refunded, is no conversion.
 */
export async function readConversions(
  db: Queryable,
  scope: ReportScope,
  rules: Required<ConversionRules>,
): Promise<ConversionRow[]> {
  const { rows } = await sql<ConversionRow>`
    with rule as materialized (
      select r.name, r.counts, r.after, r.within * interval '1 millisecond' as within
      from ${recordSet(ruleRows(rules), 'name text, counts text, after text, within bigint')}
    ), click as materialized (
      select d.id, d.customer_id, d.enrolment_id, d.clicked_at as at, ${ruleOf('counts', rules)} as counts,
        d.clicked_at + ${ruleOf('within', rules)} as until
      from deliveries d left join rule on rule.name = coalesce(d.journey, d.campaign)
      where d.clicked_at is not null and not d.is_test and ${ruleOf('after', rules)} = 'click'
    ), touch as (
      ${sql.join(touchesOf(rules), sql` union all `)}
    ), credited as (
      select distinct on (counts, goal) counts, goal, delivery
      from touch
      order by counts, goal, at desc, delivery desc
    )
    select case when d.journey is null then 'campaign' else 'journey' end as kind, coalesce(d.journey, d.campaign) as name,
      d.step, count(*) as conversions, sum(bought.net)::bigint as amount, bought.currency
    from credited c
    join deliveries d on d.id = c.delivery
    left join lateral (
      select ${netOf('o')} as net, o.total_currency as currency, ${hasGoodsLeft('o')} as stands
      from orders o where o.id = c.goal and c.counts = 'order'
    ) bought on true
    where (c.counts <> 'order' or bought.stands) and ${isReal('d')} and ${creditIn(scope)}
    group by 1, 2, 3, bought.currency
    order by 1, 2, 3, bought.currency
  `.execute(db);
  return rows;
}

/** What is left of an order's total after its refunds, in its own currency. */
export function netOf(order: string): RawBuilder<number> {
  return sql`(${sql.ref(`${order}.total_amount`)} - coalesce((
    select sum(refund.amount) from refunds refund
    where refund.order_id = ${sql.ref(`${order}.id`)} and refund.currency = ${sql.ref(`${order}.total_currency`)}
  ), 0))::bigint`;
}

/** Is there a line that was not refunded to the last unit? True of an order whose lines nobody has told. */
export function hasGoodsLeft(order: string): RawBuilder<boolean> {
  return sql`coalesce((
    select bool_or(line.refunded_quantity < line.quantity) from order_lines line
    where line.order_id = ${sql.ref(`${order}.id`)}
  ), true)`;
}

function ruleRows({ byName }: Required<ConversionRules>) {
  return Object.entries(byName).map(([name, { counts, after, within }]) => ({
    name,
    counts,
    after,
    within: parseDuration(within),
  }));
}

function ruleOf(part: keyof ConversionRule, { standard }: Required<ConversionRules>): RawBuilder<unknown> {
  const fallback =
    part === 'within'
      ? sql`${parseDuration(standard.within)}::bigint * interval '1 millisecond'`
      : sql`${standard[part]}::text`;
  return sql`coalesce(${sql.ref(`rule.${part}`)}, ${fallback})`;
}

/**
 * Every message that a goal could be credited to. Clicks are few, so they look for the goals after them; sendings are
 * many, so a goal looks for the sendings before it.
 */
function touchesOf(rules: Required<ConversionRules>): RawBuilder<unknown>[] {
  const all = [rules.standard, ...Object.values(rules.byName)];
  const counted = [...new Set(all.map(({ counts }) => counts))];
  return counted.flatMap((counts) => {
    const afterSending = all.filter((rule) => rule.counts === counts && rule.after === 'sending');
    const longest = Math.max(0, ...afterSending.map(({ within }) => parseDuration(within)));
    return [
      ...(all.some((rule) => rule.counts === counts && rule.after === 'click')
        ? [touchedByClick(counts)]
        : []),
      ...(longest > 0 ? [touchedBySending(counts, longest, rules)] : []),
    ];
  });
}

function touchedByClick(counts: ConversionRule['counts']): RawBuilder<unknown> {
  return sql`
    select ${counts}::text as counts, goal.id as goal, click.id as delivery, click.at
    from click
    join ${goals[counts]} goal on goal.customer_id = click.customer_id and goal.at between click.at and click.until
    where click.counts = ${counts} and ${isAboutSameOrder('click')}
  `;
}

function touchedBySending(
  counts: ConversionRule['counts'],
  longestMs: number,
  rules: Required<ConversionRules>,
): RawBuilder<unknown> {
  return sql`
    select ${counts}::text as counts, goal.id as goal, d.id as delivery, d.sending_at as at
    from ${goals[counts]} goal
    join deliveries d on d.customer_id = goal.customer_id and d.sending_at <= goal.at
      and d.sending_at >= goal.at - ${longestMs}::bigint * interval '1 millisecond'
    left join rule on rule.name = coalesce(d.journey, d.campaign)
    where d.state = 'accepted' and coalesce(d.arrival not in ('bounced', 'failed'), true) and not d.is_test
      and ${ruleOf('counts', rules)} = ${counts} and ${ruleOf('after', rules)} = 'sending'
      and goal.at <= d.sending_at + ${ruleOf('within', rules)} and ${isAboutSameOrder('d')}
  `;
}

const goals: Record<ConversionRule['counts'], RawBuilder<unknown>> = {
  order: sql`(
    select o.id, o.customer_id, o.paid_at as at, null::uuid as about
    from orders o where o.paid_at is not null and o.state not in ('cancelled', 'refunded')
  )`,
  review: sql`(select r.id, r.customer_id, r.at, r.order_id as about from reviews r)`,
  feedback: sql`(
    select f.order_id as id, o.customer_id, f.at, f.order_id as about
    from feedback f join orders o on o.id = f.order_id
  )`,
};

/** A review of one order is no success of the request to review another, where both say which. */
function isAboutSameOrder(touch: string): RawBuilder<boolean> {
  return sql`(goal.about is null or not exists (
    select from enrolments asked
    where asked.id = ${sql.ref(`${touch}.enrolment_id`)} and asked.fact ->> 'order' <> goal.about::text
  ))`;
}

/** A message outside the report keeps what is credited to it. */
function creditIn(scope: ReportScope): RawBuilder<boolean> {
  const journeys = sql`d.journey is not null and ${deliveryIn('journey', scope)}`;
  const campaigns = sql`d.campaign is not null and ${deliveryIn('campaign', scope)}`;
  if (scope.journey !== undefined) return sql`(${journeys})`;
  if (scope.campaign !== undefined) return sql`(${campaigns})`;
  return sql`(${journeys} or ${campaigns})`;
}
