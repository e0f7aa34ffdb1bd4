import { readCustomerReport } from '../client/reports/read-customer-report.ts';
import { readReport, type ReportOptions } from '../client/reports/read-report.ts';
import type { Database } from '../store/database.ts';
import type { BenchOptions, Figures } from './main.ts';
import { fillLedger, lastDay } from './report/fill-ledger.ts';
import { onBenchDatabase } from './runs/bench-database.ts';

/** `PERENNIAL_BENCH_DELIVERIES=100000` for a smaller shop. */
const deliveries = Number(process.env['PERENNIAL_BENCH_DELIVERIES'] ?? 1_000_000);
const rounds = 3;

/**
 * Seconds that reports take over a ledger of a million messages of four journeys and two campaigns, with three clicks and four
 * orders in a hundred, beside plain counting of its rows.
 */
export function run({ say }: BenchOptions): Promise<Figures> {
  return onBenchDatabase({ durable: false, connections: 2, say }, async (db) => {
    await fillLedger(db, { deliveries, say });
    return measure(db, say);
  });
}

async function measure(db: Database, say: BenchOptions['say']): Promise<Figures> {
  const report = (options: ReportOptions) => () => readReport(db, options);
  const day = 86_400_000;
  const reads = {
    countSeconds: () =>
      db
        .selectFrom('deliveries')
        .select(({ fn }) => fn.count('state').as('n'))
        .execute(),
    wholeSeconds: report({}),
    lastWeekSeconds: report({ from: lastDay - 7 * day }),
    journeySeconds: report({ journey: 'journey-1' }),
    campaignSeconds: report({ campaign: 'campaign-1' }),
    customersSeconds: () => readCustomerReport(db, { until: lastDay }),
  };
  const figures: Record<string, number> = { deliveries };
  for (const [name, read] of Object.entries(reads)) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const begun = performance.now();
      await read();
      times.push((performance.now() - begun) / 1000);
    }
    const best = Math.min(...times);
    figures[name] = Math.round(best * 1000) / 1000;
    say(`${name}: ${times.map((seconds) => seconds.toFixed(2)).join(' ')}`);
  }
  return figures;
}
