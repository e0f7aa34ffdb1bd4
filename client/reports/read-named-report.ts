import { PerennialError } from '../../domain/perennial-error.ts';
import { listCampaignNames } from '../../store/campaign-names.ts';
import type { Database } from '../../store/database.ts';
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
  const { journey, campaign } = options;
  const report = await readReport(db, options);
  if (journey !== undefined && report.journeys.length === 0 && !journeyNames.includes(journey)) {
    throw new PerennialError(
      'journey-unknown',
      `There is no journey "${journey}". There are: ${journeyNames.join(', ') || 'none'}.`,
    );
  }
  if (campaign !== undefined && report.campaigns.length === 0) {
    const names = await listCampaignNames(db);
    if (!names.includes(campaign)) {
      throw new PerennialError(
        'campaign-unknown',
        `No campaign "${campaign}" has gone out or is under way. Those that have: ${names.join(', ') || 'none'}.`,
      );
    }
  }
  return report;
}
