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
      `${formats.number(repeatCustomers)} of ${formats.count(customers, 'customer')}`,
    ),
    line(
      'purchase frequency',
      formats.number(figures.purchaseFrequency),
      `${formats.count(orders, 'order')} of ${formats.count(customers, 'customer')}`,
    ),
    ...figures.averageOrderValue.map(({ currency, orders: count, average }) =>
      line(
        `average order value, ${currency}`,
        formats.money({ amount: average, currency }),
        formats.count(count, 'order'),
      ),
    ),
    ...figures.lifetimeValue.map(({ currency, months, customers: cohort, average }) =>
      line(
        `lifetime value over ${months} months, ${currency}`,
        formats.money({ amount: average, currency }),
        `${formats.count(cohort, 'customer')} whose ${months} months are over`,
      ),
    ),
    line('median gap between orders', formats.days(gaps.medianDays), formats.count(gaps.count, 'gap')),
    line(
      'median gap from first to second order',
      formats.days(gaps.firstToSecondMedianDays),
      formats.count(gaps.firstToSecondCount, 'gap'),
    ),
    line(
      'orders within 24 hours of the one before',
      formats.ratio(figures.followedWithinADay),
      formats.count(orders, 'order'),
    ),
  ];
}
