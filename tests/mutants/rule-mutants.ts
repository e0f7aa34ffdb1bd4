import type { Mutant } from './mutants.ts';

/** A guard that holds one of the numbered rules of the journeys reference, section 4. */
export interface RuleMutant extends Mutant {
  readonly rule: Rule;
}

/** Those that hold today, in few words. Points and clubs (15) come with loyalty. */
export const rules = {
  1: 'A cart cycle closes on its order, on being emptied or after 30 idle days; of several open carts the newest speaks',
  2: 'An order without a cart id ends the cart journeys too; placed quiets, paid counts',
  3: 'A run belongs to an enrolment; merges move caps, consents and enrolments to one person',
  4: 'Facts are ordered by when they happened; entries have a maximum age; history sends nothing',
  5: 'Products that are due within five days of each other make one message',
  6: 'Gifts take no part in reviews, reminders and recommendations, and no price of one is shown',
  7: 'Partial refunds and split shipments work on lines, not on whole orders',
  8: 'Suppressions and caps hold for an address as well as for a person',
  9: 'Money has the decimals of its currency; thresholds are per currency; currencies are never summed',
  11: 'Business customers are off consumer journeys; what is discreet is in no subject and no recommendation',
  12: 'Test customers and test sends are outside caps and reports; staging writes only to its list',
  13: 'Typo fixes reach those who wait; what is pinned is the input, not the words',
  14: 'A pause holds within seconds; who ends it says what becomes of the overdue',
  16: 'Reports are right at the instant at which an event is accepted',
} as const;

export type Rule = keyof typeof rules;

const breaking = (
  rule: Rule,
  what: string,
  [file, find, replace]: readonly [file: string, find: string, replace: string],
  ...tests: readonly string[]
): RuleMutant => ({
  rule,
  guard: `rule ${rule}: ${what}`,
  edits: [{ file, find, replace }],
  tests: tests.map((test) => `tests/${test}.test.ts`),
});

const carts = 'intake/facts/cart-facts.ts';
const routing = 'intake/routing.ts';
const merging = 'store/merge-customers.ts';
const reports = 'store/reports.ts';
const caps = 'delivery/policy/frequency-cap.ts';
const gateFacts = 'delivery/ledger/load-gate-facts.ts';
const replenishing = 'insight/replenishment.ts';

export const ruleMutants: readonly RuleMutant[] = [
  breaking(
    1,
    'a cart is over after 30 idle days',
    [carts, "return cycle.state === 'open' && at > cycle.lastActivityAt + idleDays;", 'return at < 0;'],
    'intake/order-of-events',
  ),
  breaking(
    1,
    'an order ends the cycle of its cart',
    [carts, "close(knowledge, mine, 'ordered', mine.closedAt ?? event.at)", 'mine'],
    'intake/order-of-events',
  ),
  breaking(
    1,
    'the newest of several open carts speaks',
    [carts, 'cart.id !== speaking.id && cart.supersededAt === null && cart', 'cart.id === "" && cart'],
    'intake/order-of-events',
  ),
  breaking(
    1,
    'an older cart that is touched again speaks again',
    ['workflows/journeys/abandoned-cart.ts', "    reopensAfter: ['cart.superseded'],\n", ''],
    'journeys/abandoned-cart',
  ),
  breaking(
    2,
    'an order is of the customer, whether or not it names a cart',
    [routing, 'return customer !== undefined;', 'return customer === "";'],
    'intake/accept',
    'intake/order-of-events',
  ),
  breaking(
    2,
    'only what is paid counts',
    [
      'store/conversions.ts',
      'select o.id, o.customer_id, o.paid_at as at, null::uuid as about\n    from orders o where o.paid_at is not null and',
      'select o.id, o.customer_id, coalesce(o.paid_at, o.placed_at) as at, null::uuid as about\n    from orders o where',
    ],
    'client/report-at-once',
    'client/report',
  ),
  breaking(
    3,
    'enrolments move with the person',
    [merging, '  await joinEnrolments(trx, merge);\n', ''],
    'intake/who-is-who',
  ),
  breaking(
    3,
    'an opt-out of either record is one of the person',
    [merging, '  await keepOptOuts(trx, merge);\n', ''],
    'intake/who-is-who',
  ),
  breaking(
    3,
    'what was sent to either record counts for the person',
    [merging, "    'deliveries',\n", ''],
    'delivery/point-of-no-return',
    'intake/who-is-who',
  ),
  breaking(
    3,
    'each entry of a key has its number',
    [routing, '(board.lastEntry(name, key)?.entry ?? 0) + 1', '1'],
    'intake/entering',
  ),
  breaking(
    4,
    'newer facts are not undone by late ones',
    [carts, 'if (event.at < cycle.lastActivityAt) return { cycle, late: true, derived: [] };', ''],
    'intake/order-of-events',
  ),
  breaking(
    4,
    'entries have a maximum age',
    [routing, 'return now - at > parseDuration(maximumAge) ?', 'return now - at > Infinity ?'],
    'intake/entering',
  ),
  breaking(
    4,
    'history starts nothing',
    [routing, "  if (arrival.backfill === true) return { because: 'backfill' };\n", ''],
    'intake/order-of-events',
  ),
  breaking(
    4,
    'history ends nothing',
    [routing, 'if (!happened.backfill && happened.stale !== true)', 'if (happened.stale !== true)'],
    'intake/order-of-events',
  ),
  breaking(
    5,
    'due within five days is due together',
    [
      replenishing,
      "const together = parseDuration('5 days');",
      "const together = parseDuration('1 minute');",
    ],
    'insight/replenishment',
  ),
  breaking(
    5,
    'what another message spoke of is not spoken of again',
    [
      replenishing,
      'const isUntold = (supply: RunningOut) => !isTold(pantry.told, supply, message);',
      'const isUntold = (supply: RunningOut) => supply.endsAt > 0;',
    ],
    'insight/replenishment',
  ),
  breaking(
    5,
    'a gathering ends with enough, with the last one, or with its time',
    [
      'workflows/create-verbs.ts',
      'await arrived(event, () => isEnough(waiting()), deadlineAfter(options.for));',
      'await arrived(event, () => waiting().length > 0, deadlineAfter(options.for));',
    ],
    'workflows/run',
  ),
  breaking(
    6,
    'gifts are not reviewed',
    ['domain/kept-goods.ts', '!line.gift && ', ''],
    'templates/ordered-goods',
  ),
  breaking(
    6,
    'gifts are not reminded of',
    [replenishing, 'const own = goods.filter((good) => !good.gift);', 'const own = goods;'],
    'insight/replenishment',
  ),
  breaking(
    6,
    'gifts are no favourites',
    ['store/live-season.ts', "('cancelled', 'refunded') and not l.gift", "('cancelled', 'refunded')"],
    'journeys/post-holiday-recap',
  ),
  breaking(
    6,
    'gifts are not what is popular',
    [
      'store/season-facts.ts',
      ' and o.customer_id is not null and not l.gift',
      ' and o.customer_id is not null',
    ],
    'http/share',
  ),
  breaking(
    6,
    'gifts say nothing about what a customer buys',
    ['store/segments.ts', 'and not l.gift and', 'and'],
    'store/segments',
  ),
  breaking(
    6,
    'a gift is in no subject',
    [
      'templates/ordered-goods.ts',
      'title !== undefined && !discreet && !gift',
      'title !== undefined && !discreet',
    ],
    'templates/ordered-goods',
  ),
  breaking(
    6,
    'no price can be shown to whom a gift may be for',
    [
      'templates/ordered-goods.ts',
      '  gift: z.boolean(),\n',
      '  gift: z.boolean(),\n  price: z.int().optional(),\n',
    ],
    'templates/ordered-goods',
  ),
  breaking(
    7,
    'what went back or was refunded is not kept',
    ['domain/kept-goods.ts', 'quantity - Math.max(refunded, returned)', 'quantity'],
    'templates/ordered-goods',
  ),
  breaking(
    7,
    'a refund of a part ends no reminder',
    [
      'workflows/journeys/replenishment.ts',
      'order.order === parcel.order && order.over !== undefined',
      'order.order === parcel.order',
    ],
    'journeys/replenishment',
  ),
  breaking(
    7,
    'what is still on its way is not asked about',
    ['domain/kept-goods.ts', '(!someDelivered || line.delivered > line.returned)', 'line.delivered >= 0'],
    'templates/ordered-goods',
  ),
  breaking(
    7,
    'units are taken off lines, never more than were bought',
    ['domain/order-units.ts', 'Math.min(wanted, left.get(line) ?? 0)', 'wanted'],
    'intake/doorstep',
  ),
  breaking(
    7,
    'an order of which every line went back brought nothing',
    ['store/conversions.ts', 'bool_or(line.refunded_quantity < line.quantity)', 'bool_or(line.quantity > 0)'],
    'client/report-at-once',
  ),
  breaking(
    8,
    'a suppressed address is suppressed for everybody who has it',
    [
      'delivery/policy/suppression.ts',
      '(found.addressKey !== null && found.addressKey === addressKey)',
      'found.addressKey === ""',
    ],
    'delivery/gates',
  ),
  breaking(
    8,
    'suppressions of an address are looked up',
    [
      gateFacts,
      'where (customer_id = any(${customers}::uuid[]) or address_key = any(${keys}::text[])) and lifted_at',
      'where (customer_id = any(${customers}::uuid[]) or address_key = any(${[]}::text[])) and lifted_at',
    ],
    'delivery/point-of-no-return',
  ),
  breaking(
    8,
    'the cap counts what went to the address',
    [caps, 'send.addressKey === key', 'send.addressKey === ""'],
    'delivery/gates',
  ),
  breaking(
    8,
    'what went to the address is looked up',
    [gateFacts, 'where d.address_key = any(${keys}::text[])', 'where d.address_key = any(${[]}::text[])'],
    'delivery/point-of-no-return',
  ),
  breaking(
    8,
    'the allowance counts what went to the address',
    ['delivery/policy/allowance.ts', ' || (key !== undefined && send.addressKey === key)', ''],
    'delivery/gates',
  ),
  breaking(
    9,
    'won have no decimals',
    ['delivery/rendering/helpers/money.ts', 'format.resolvedOptions().maximumFractionDigits ?? 2', '2'],
    'rendering/helpers',
  ),
  breaking(
    9,
    'an amount is written as customers write it',
    ['delivery/rendering/helpers/money.ts', 'new Intl.NumberFormat(locale,', "new Intl.NumberFormat('en',"],
    'rendering/helpers',
  ),
  breaking(
    9,
    'a cart of two currencies has no sum',
    ['templates/live-cart.ts', ' || currencies.size > 1', ''],
    'templates/live-cart',
  ),
  breaking(
    9,
    'a threshold is of one currency',
    ['store/segments.ts', 'and o.total_currency = ${currency}', 'and o.total_currency <> ${`!${currency}`}'],
    'store/segments',
  ),
  breaking(
    9,
    'lifetime values are of one currency',
    ['insight/purchase-figures.ts', '&& net?.currency === currency', '&& net !== undefined'],
    'insight/purchase-figures',
  ),
  breaking(
    9,
    'revenue is told by currency',
    [
      'store/conversions.ts',
      'd.step, count(*) as conversions, sum(bought.net)::bigint as amount, bought.currency',
      "d.step, count(*) as conversions, sum(bought.net)::bigint as amount, case when bought.currency is null then null else 'GBP' end as currency",
    ],
    'client/report',
  ),
  breaking(
    11,
    'business customers are not enrolled',
    [
      routing,
      "customer?.kind === 'business' && journey.definition.includesBusiness !== true",
      "customer?.kind === 'business' && journey.definition.includesBusiness === false",
    ],
    'intake/entering',
  ),
  breaking(
    11,
    'business customers are not written to',
    ['delivery/policy/business.ts', 'customer.business && !origin.includesBusiness', 'customer.erased'],
    'delivery/gates',
  ),
  breaking(
    11,
    'what is discreet is in no subject',
    [
      'templates/ordered-goods.ts',
      'title !== undefined && !discreet && !gift',
      'title !== undefined && !gift',
    ],
    'templates/ordered-goods',
  ),
  breaking(
    11,
    'what is discreet is not reminded of',
    [replenishing, "  if (own.some((good) => good.discreet)) return { leftOut: 'discreet' };\n", ''],
    'insight/replenishment',
  ),
  breaking(
    11,
    'what is discreet is no favourite',
    ['store/live-season.ts', 'where not v.age_restricted and not v.sensitive', 'where true'],
    'journeys/post-holiday-recap',
  ),
  breaking(
    12,
    'a test customer knows no cap',
    [caps, "  if (sendCase.facts.customer.test) return pass({ customer: 'test' });\n", ''],
    'delivery/gates',
  ),
  breaking(
    12,
    'a test send counts for no cap',
    [gateFacts, ' and not is_test\n  `.execute(db);', '\n  `.execute(db);'],
    'delivery/campaigns',
  ),
  breaking(
    12,
    'a test customer is in no report',
    [reports, '.customer_id`)} and t.is_test)', '.customer_id`)} and t.id is null)'],
    'client/report',
  ),
  breaking(
    12,
    'a test send is in no report',
    [reports, 'and not d.is_test and ${isReal', 'and ${isReal'],
    'client/report',
  ),
  breaking(
    12,
    'a test customer is in no figure about customers',
    ['store/purchases.ts', ' and not c.is_test', ''],
    'client/customer-report',
  ),
  breaking(
    12,
    'staging writes to nobody else',
    ['delivery/policy/allow-list.ts', 'const listed = key !== undefined && ', 'const listed = true || '],
    'policy/channel-router',
  ),
  breaking(
    12,
    'a message to try a campaign is marked as a test',
    ['client/campaigns/create-campaign-client.ts', '        isTest: true,\n', ''],
    'campaigns/plan',
  ),
  breaking(
    13,
    'a corrected word is used for those who wait',
    [
      'delivery/rendering/load-templates.ts',
      'return kept.fingerprint === fingerprint ? kept.templates : undefined;',
      'return kept.templates;',
    ],
    'rules/typo-fix',
  ),
  breaking(
    13,
    'the input of a message stays what waiting runs bring',
    [
      'workflows/recorded-inputs.ts',
      '  if (success) return undefined;\n',
      '  if (success !== error) return undefined;\n',
    ],
    'workflows/release',
  ),
  breaking(
    14,
    'a pause holds',
    ['delivery/policy/gates.ts', '  overdue,\n  paused,\n', '  overdue,\n'],
    'delivery/overdue',
  ),
  breaking(
    14,
    'what was overdue is left out',
    ['delivery/policy/gates.ts', '  overdue,\n  paused,\n', '  paused,\n'],
    'delivery/overdue',
  ),
  breaking(
    14,
    'a passage expires with its overdue message',
    ['store/pauses.ts', "if (leaveOut.overdue === 'expire') await", "if (leaveOut.overdue === 'skip') await"],
    'delivery/overdue',
  ),
  breaking(
    14,
    'whoever ends a pause is asked',
    ['cli/overdue.ts', "if (overdue === 0) return 'send';", "if (overdue >= 0) return 'send';"],
    'delivery/overdue',
  ),
  breaking(
    14,
    'campaigns under way are told that a pause is over',
    ['client/create-client.ts', 'if (wasPaused) await stirCampaigns(db, what, stirCampaign);', ''],
    'campaigns/resume',
  ),
  breaking(
    14,
    'what a pause put off in a campaign goes on with its end',
    ['store/campaign-recipients.ts', '::timestamptz or ${isPauseOver}))`;', '::timestamptz))`;'],
    'campaigns/resume',
  ),
  breaking(
    16,
    'an enrolment is ended by the event, not by its run',
    [routing, 'if (ends) board.seal(enrolment, { by: id, reason: type });', ''],
    'client/report-at-once',
  ),
  breaking(
    16,
    'who is ended is not waiting',
    [
      'client/reports/read-report.ts',
      "waiting: sumOf(mine.filter(({ state }) => state === 'open')),",
      "waiting: sumOf(mine.filter(({ state }) => state !== 'closed')),",
    ],
    'client/report-at-once',
  ),
  breaking(
    16,
    'a message of an ended journey is not waiting',
    [reports, "e.id = d.enrolment_id and e.state = 'open')", 'e.id = d.enrolment_id)'],
    'client/report',
  ),
  breaking(
    16,
    'a campaign that was called off has nobody waiting',
    [reports, "o.state = 'running'", "o.state in ('running', 'cancelled')"],
    'client/report',
  ),
];
