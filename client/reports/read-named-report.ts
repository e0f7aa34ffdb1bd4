import type { Database } from '../../store/database.ts';
import { assertKnown } from '../assert-known.ts';
import { readReport, type Report, type ReportOptions } from './read-report.ts';

export interface NamedReportOptions extends ReportOptions {
  /** Journeys of this version of the shop; one that has been retired may still have figures. */
  readonly journeyNames: readonly string[];
}

/**
 * The report, and a refusal of names that nothing has: a misspelt one would look like a journey that nobody enters.
 *
 * @throws PerennialError `journey-unknown`, `campaign-unknown`, `report-period-invalid`
 */
export async function readNamedReport(
  db: Database,
  { journeyNames, ...options }: NamedReportOptions,
): Promise<Report> {
  const report = await readReport(db, options);
  if (report.journeys.length + report.campaigns.length === 0) {
    await assertKnown(db, { ...options, journeyNames });
  }
  return report;
}
