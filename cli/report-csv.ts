import type { MessageFigures, Report } from '../client/reports/read-report.ts';
import type { PurchaseFigures } from '../insight/purchase-figures.ts';
import { csvOf, type Cell } from './csv.ts';
import { decimalOf } from './formats.ts';
import { totalOf } from './show/report.ts';

type Cells = { readonly [column: string]: Cell | undefined };

/**
 * One line for each journey, campaign and step; the line of a whole has no step. A column for each currency and for each
 * reason that occurs, so that nothing is folded into a cell.
 */
export function reportCsv({ journeys, campaigns }: Report): string {
  const rows = [
    ...journeys.flatMap((journey) => [
      {
        kind: 'journey',
        name: journey.name,
        entered: journey.entered,
        waiting: journey.waiting,
        ...cellsOf(journey),
      },
      ...journey.steps.map((step) => ({
        kind: 'journey',
        name: journey.name,
        step: step.step,
        ...cellsOf(step),
      })),
    ]),
    ...campaigns.flatMap((campaign) => [
      {
        kind: 'campaign',
        name: campaign.name,
        entered: campaign.entered,
        waiting: campaign.waiting,
        holdout: campaign.holdout,
        ...cellsOf(campaign),
      },
      ...campaign.steps.map((step) => ({
        kind: 'campaign',
        name: campaign.name,
        step: step.step,
        ...cellsOf(step),
      })),
    ]),
  ];
  return csvOf(columnsOf(rows), rows);
}

const fixed = [
  'kind',
  'name',
  'step',
  'entered',
  'waiting',
  'holdout',
  'sent',
  'delivered',
  'bounced',
  'clicked',
  'converted',
  'skipped',
  'deferred',
  'on_the_way',
  'failed',
  'unknown',
];

function cellsOf(figures: MessageFigures): Cells {
  const { sent, delivered, bounced, clicked, converted, deferred, onTheWay, failed, unknown } = figures;
  return {
    sent,
    delivered,
    bounced,
    clicked,
    converted,
    skipped: totalOf(figures.skipped),
    deferred,
    on_the_way: onTheWay,
    failed,
    unknown,
    ...Object.fromEntries(
      figures.revenue.map((money) => [`revenue_${money.currency}`, Number(decimalOf(money))]),
    ),
    ...Object.fromEntries(
      Object.entries(figures.skipped).map(([reason, count]) => [`skipped_${reason}`, count]),
    ),
  };
}

/** The figures that every line has, then what occurs, by name. */
function columnsOf(rows: readonly Cells[]): string[] {
  const others = new Set(rows.flatMap((row) => Object.keys(row)).filter((column) => !fixed.includes(column)));
  return [...fixed, ...[...others].sort()];
}

/** One line for each figure. Money is in the main unit of its currency. */
export function customerReportCsv(figures: PurchaseFigures): string {
  const { gaps } = figures;
  const rows: Cells[] = [
    { figure: 'customers', value: figures.customers },
    { figure: 'repeat_customers', value: figures.repeatCustomers },
    { figure: 'repeat_purchase_rate', value: figures.repeatPurchaseRate, of: figures.customers },
    { figure: 'orders', value: figures.orders },
    { figure: 'purchase_frequency', value: figures.purchaseFrequency, of: figures.customers },
    ...figures.averageOrderValue.map(({ currency, orders, average }) => ({
      figure: 'average_order_value',
      currency,
      value: Number(decimalOf({ amount: average, currency })),
      of: orders,
    })),
    ...figures.lifetimeValue.map(({ currency, months, customers, average }) => ({
      figure: `lifetime_value_${months}_months`,
      currency,
      value: Number(decimalOf({ amount: average, currency })),
      of: customers,
    })),
    { figure: 'median_gap_days', value: gaps.medianDays, of: gaps.count },
    {
      figure: 'median_gap_days_first_to_second',
      value: gaps.firstToSecondMedianDays,
      of: gaps.firstToSecondCount,
    },
    { figure: 'followed_within_a_day', value: figures.followedWithinADay, of: figures.orders },
  ];
  return csvOf(['figure', 'currency', 'value', 'of'], rows);
}
