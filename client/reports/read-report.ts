import { conversionRulesOf, conversionWords, type ConversionRules } from '../../domain/conversion.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Money } from '../../domain/money.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { readConversions, type ConversionRow } from '../../store/conversions.ts';
import type { Database } from '../../store/database.ts';
import {
  countWaitingReceipts,
  readEntries,
  readLedger,
  readRecipients,
  readSnapshot,
  readUnwritten,
  type EntryRow,
  type DeliveryCount,
  type OriginKind,
  type RecipientRow,
  type ReportScope,
  type UnwrittenRow,
} from '../../store/reports.ts';

export type { ReportScope } from '../../store/reports.ts';

/** What became of the messages of a journey, a campaign or one of their steps. */
export interface MessageFigures {
  /** Messages that a provider has taken. */
  readonly sent: number;
  /** Of them, those of which a receipt or a click says that they arrived. */
  readonly delivered: number;
  /** Of them, those that came back or were reported lost. */
  readonly bounced: number;
  /** Of them, those in which a link was followed. */
  readonly clicked: number;
  /** Orders (or reviews, see `conversion`) credited to them. */
  readonly converted: number;
  /** What those orders brought, net of refunds, by currency. */
  readonly revenue: readonly Money[];
  /** Messages that will not be sent, by reason. Of a campaign without its holdout. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Messages that a rule makes wait. */
  readonly deferred: number;
  /** Messages past the point of no return whose provider has not answered yet. */
  readonly onTheWay: number;
  /** Messages that could not be sent and did not leave. */
  readonly failed: number;
  /** Messages of which nobody can tell whether they left. */
  readonly unknown: number;
}

export interface StepReport extends MessageFigures {
  readonly step: string;
}

interface OriginReport extends MessageFigures {
  readonly name: string;
  /** What counts as a conversion of it, in words. */
  readonly conversion: string;
  /** In the order in which they first came due. */
  readonly steps: readonly StepReport[];
}

export interface JourneyReport extends OriginReport {
  /** Enrolments opened. */
  readonly entered: number;
  /** Of them, those that are live now. */
  readonly waiting: number;
  /** Of them, those that have ended, by reason. */
  readonly ended: Readonly<Record<string, number>>;
}

export interface CampaignReport extends OriginReport {
  /** Recipients, the holdout included. */
  readonly entered: number;
  /** Of them, those whose message is still to come: their turn has not come, or it is deferred. */
  readonly waiting: number;
  /** Of them, those who are left out on purpose, to compare. */
  readonly holdout: number;
}

export interface Report {
  readonly journeys: readonly JourneyReport[];
  readonly campaigns: readonly CampaignReport[];
  /** Receipts of providers that were taken in and have not taken effect yet: deliveries, bounces and provider's clicks may still rise. */
  readonly waitingReceipts: number;
}

export interface ReportOptions extends ReportScope {
  readonly conversions?: ConversionRules;
}

/**
 * Journeys and campaigns with everything that became of their messages, from the rows as they are at this instant: no
 * counter is kept anywhere, so an event that is accepted is in the next report. One snapshot; test customers are outside.
 *
 * Reads only; safe to repeat. It reads the whole ledger unless a journey, a campaign or a period is given: seconds for a
 * million messages.
 *
 * @param options.from, options.until choose enrolments by when they were opened and campaigns by when they were scheduled
 * @throws PerennialError `report-period-invalid` when the period ends before it begins
 */
export async function readReport(db: Database, options: ReportOptions = {}): Promise<Report> {
  const { conversions, ...scope } = options;
  assertPeriod(scope);
  const rules = conversionRulesOf(conversions);
  const { journey, campaign } = scope;
  return readSnapshot(db, async (trx) => {
    const credited = await readConversions(trx, scope, rules);
    const about = (kind: OriginKind): ConversionRow[] => credited.filter((row) => row.kind === kind);
    const wordsOf = (name: string): string => conversionWords(rules.byName[name] ?? rules.standard);
    return {
      journeys:
        campaign !== undefined
          ? []
          : journeysOf({
              wordsOf,
              entries: await readEntries(trx, scope),
              ledger: await readLedger(trx, 'journey', scope),
              credited: about('journey'),
            }),
      campaigns:
        journey !== undefined
          ? []
          : campaignsOf({
              wordsOf,
              recipients: await readRecipients(trx, scope),
              unwritten: await readUnwritten(trx, scope),
              ledger: await readLedger(trx, 'campaign', scope),
              credited: about('campaign'),
            }),
      waitingReceipts: await countWaitingReceipts(trx),
    };
  });
}

/** @throws PerennialError `report-period-invalid` */
export function assertPeriod({ from, until }: { readonly from?: Instant; readonly until?: Instant }): void {
  if (from === undefined || until === undefined || from < until) return;
  throw new PerennialError(
    'report-period-invalid',
    `The period ends (${new Date(until).toISOString()}) before it begins (${new Date(from).toISOString()}). Give --from an earlier instant than --until.`,
  );
}

interface Rows {
  readonly wordsOf: (name: string) => string;
  readonly ledger: readonly DeliveryCount[];
  readonly credited: readonly ConversionRow[];
}

function journeysOf({ entries, ...rows }: Rows & { readonly entries: readonly EntryRow[] }): JourneyReport[] {
  return namesIn(entries, rows.ledger).map((name) => {
    const mine = entries.filter((entry) => entry.name === name);
    return {
      ...originOf(name, rows),
      entered: sumOf(mine),
      waiting: sumOf(mine.filter(({ state }) => state === 'open')),
      ended: tally(mine.filter(({ state }) => state !== 'open')),
    };
  });
}

interface CampaignRows extends Rows {
  readonly recipients: readonly RecipientRow[];
  readonly unwritten: readonly UnwrittenRow[];
}

function campaignsOf({ recipients, unwritten, ...rows }: CampaignRows): CampaignReport[] {
  return namesIn(recipients, rows.ledger).map((name) => {
    const mine = unwritten.filter((row) => row.name === name);
    const people = recipients.find((row) => row.name === name);
    const origin = originOf(name, rows);
    // Whoever is left when a campaign is called off is told so one by one; it is true of all of them already.
    const calledOff = mine.filter(({ live }) => !live).map((row) => ({ ...row, reason: notRunning }));
    return {
      ...origin,
      skipped: merged(origin.skipped, tally(calledOff)),
      entered: people?.recipients ?? 0,
      waiting: sumOf(mine.filter(({ live }) => live)) + origin.deferred,
      holdout: people?.holdouts ?? 0,
    };
  });
}

const notRunning = 'campaign-not-running';

function originOf(name: string, { wordsOf, ledger, credited }: Rows): OriginReport {
  const rows = ledger.filter((row) => row.name === name);
  const conversions = credited.filter((row) => row.name === name);
  const steps = [...new Set(inOrderOfDue(rows).map(({ step }) => step))];
  return {
    name,
    conversion: wordsOf(name),
    ...figuresOf(rows, conversions),
    steps: steps.map((step) => ({
      step,
      ...figuresOf(
        rows.filter((row) => row.step === step),
        conversions.filter((row) => row.step === step),
      ),
    })),
  };
}

function figuresOf(rows: readonly DeliveryCount[], credited: readonly ConversionRow[]): MessageFigures {
  const inState = (state: DeliveryCount['state']): DeliveryCount[] =>
    rows.filter((row) => row.state === state);
  const sent = inState('accepted');
  return {
    sent: sumOf(sent),
    delivered: sumBy(rows, 'delivered'),
    bounced: sumBy(rows, 'bounced'),
    clicked: sumBy(rows, 'clicked'),
    converted: credited.reduce((sum, { conversions }) => sum + conversions, 0),
    revenue: revenueOf(credited),
    skipped: tally(inState('skipped').filter(({ reason }) => reason !== 'holdout')),
    deferred: sumOf(inState('deferred')),
    onTheWay: sumOf(inState('sending')),
    failed: sumOf(inState('failed')),
    unknown: sumOf(inState('unknown')),
  };
}

/** By currency: they are never summed. */
function revenueOf(credited: readonly ConversionRow[]): Money[] {
  const amounts = new Map<string, number>();
  for (const { amount, currency } of credited) {
    if (amount !== null && currency !== null) amounts.set(currency, (amounts.get(currency) ?? 0) + amount);
  }
  return [...amounts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([currency, amount]) => ({ currency, amount }));
}

interface Counted {
  readonly count: number;
}

function sumOf(rows: readonly Counted[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function sumBy(rows: readonly DeliveryCount[], part: 'delivered' | 'bounced' | 'clicked'): number {
  return rows.reduce((sum, row) => sum + row[part], 0);
}

/** Counts by reason, the most frequent first. */
function tally(rows: readonly (Counted & { readonly reason: string | null })[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason, count } of rows) {
    const word = reason ?? 'no-reason';
    counts.set(word, (counts.get(word) ?? 0) + count);
  }
  return Object.fromEntries(mostFirst([...counts]));
}

function merged(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>) {
  return tally(
    [...Object.entries(one), ...Object.entries(other)].map(([reason, count]) => ({ reason, count })),
  );
}

function mostFirst(counts: readonly (readonly [string, number])[]) {
  return [...counts].sort(([a, more], [b, fewer]) => fewer - more || (a < b ? -1 : 1));
}

function namesIn(...lists: readonly (readonly { readonly name: string }[])[]): string[] {
  return [...new Set(lists.flat().map(({ name }) => name))].sort();
}

function inOrderOfDue(rows: readonly DeliveryCount[]): DeliveryCount[] {
  return [...rows].sort((a, b) => a.firstDue - b.firstDue || (a.step < b.step ? -1 : 1));
}
