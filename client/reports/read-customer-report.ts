import type { Instant } from '../../domain/instant.ts';
import {
  createPurchaseTally,
  type Purchase,
  type PurchaseFigures,
  type PurchaseTally,
} from '../../insight/purchase-figures.ts';
import type { Database } from '../../store/database.ts';
import { readPurchases, type PurchaseRow } from '../../store/purchases.ts';
import { readSnapshot } from '../../store/reports.ts';
import { assertPeriod } from './read-report.ts';

export interface CustomerReportOptions {
  /** Orders placed at or after this instant. */
  readonly from?: Instant;
  /** And before this one. Default: now. */
  readonly until?: Instant;
}

/**
 * How customers buy: repeat-purchase rate, purchase frequency, average order value, lifetime value over 12 and 24 months,
 * gaps between orders. The definitions are those of `PurchaseFigures`.
 *
 * Orders count once they are paid, unless they were cancelled or all of their lines were refunded; values are net of
 * refunds. Days are those of `timeZone`, the shop's. Orders of guests and of test customers are outside. Imported orders count like others. Reads only.
 *
 * @throws PerennialError `report-period-invalid` when the period ends before it begins
 */
export async function readCustomerReport(
  db: Database,
  { from, until, timeZone }: CustomerReportOptions & { readonly until: Instant; readonly timeZone?: string },
): Promise<PurchaseFigures> {
  const period = {
    until,
    ...(from === undefined ? {} : { from }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  assertPeriod(period);
  return readSnapshot(db, async (trx) => {
    const tally = createPurchaseTally(period);
    for await (const page of readPurchases(trx, period)) addCustomers(tally, page);
    return tally.figures();
  });
}

/** The orders of one customer stand together. */
function addCustomers(tally: PurchaseTally, page: readonly PurchaseRow[]): void {
  let history: Purchase[] = [];
  for (const [place, row] of page.entries()) {
    history.push({ at: row.at, ...netOf(row) });
    if (page[place + 1]?.customer === row.customer) continue;
    tally.add(history);
    history = [];
  }
}

function netOf({ amount, currency }: PurchaseRow): Pick<Purchase, 'net'> {
  return amount === null || currency === null ? {} : { net: { amount, currency } };
}
