import type { PurchaseFigures } from '../../insight/purchase-figures.ts';
import type { Formats } from '../formats.ts';
import { formatTable, type Row } from '../output.ts';

/** How customers buy, one figure a line. */
export function showCustomerReport(figures: PurchaseFigures, formats: Formats): string {
  return formatTable(linesOf(figures, formats));
}

function linesOf(figures: PurchaseFigures, formats: Formats): Row[] {
  const { customers, orders, repeatCustomers, gaps } = figures;
  const line = (figure: string, value: string, of: string): Row => ({ figure, value, of });
  return [
    line(
      'repeat-purchase rate',
      formats.ratio(figures.repeatPurchaseRate),
      `${repeatCustomers} of ${customers} customers`,
    ),
    line(
      'purchase frequency',
      formats.number(figures.purchaseFrequency),
      `${orders} orders of ${customers} customers`,
    ),
    ...figures.averageOrderValue.map(({ currency, orders: count, average }) =>
      line(
        `average order value, ${currency}`,
        formats.money({ amount: average, currency }),
        `${count} orders`,
      ),
    ),
    ...figures.lifetimeValue.map(({ currency, months, customers: cohort, average }) =>
      line(
        `lifetime value over ${months} months, ${currency}`,
        formats.money({ amount: average, currency }),
        `${cohort} customers whose ${months} months are over`,
      ),
    ),
    line('median gap between orders', formats.days(gaps.medianDays), `${gaps.count} gaps`),
    line(
      'median gap from first to second order',
      formats.days(gaps.firstToSecondMedianDays),
      `${gaps.firstToSecondCount} gaps`,
    ),
    line('orders within 24 hours of the one before', formats.ratio(gaps.withinADay), `${gaps.count} gaps`),
  ];
}
