import type { Clock } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';
import { readGauges, type ShopGauges } from '../store/read-gauges.ts';
import type { GaugeReading } from './create-metrics.ts';

const dayMs = 24 * 3_600_000;
/** A shop with ten million enrolments takes about a second to count them: two scrapers must not do it twice. */
const keptMs = 15_000;

export interface ShopGaugesDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** True in the one process that leads: the counts are of the whole shop and must not be shown twice. */
  readonly leads: () => boolean;
}

/** The gauges of the shop, read from the database when somebody scrapes, and kept for 15 seconds. */
export function createShopGauges({
  db,
  clock,
  leads,
}: ShopGaugesDeps): () => Promise<readonly GaugeReading[]> {
  let kept: { readonly until: number; readonly readings: Promise<readonly GaugeReading[]> } | undefined;

  async function read(): Promise<readonly GaugeReading[]> {
    const now = clock.now();
    return readingsOf(await readGauges(db, { since: now - dayMs }), now);
  }

  return async function shopGauges() {
    if (!leads()) {
      kept = undefined;
      return [];
    }
    const asked = performance.now();
    if (kept === undefined || kept.until < asked) {
      const readings = read();
      kept = { until: asked + keptMs, readings };
      // A failure is not kept: the next scrape asks again.
      readings.catch(() => (kept = undefined));
    }
    return kept.readings;
  };
}

function readingsOf(gauges: ShopGauges, now: number): readonly GaugeReading[] {
  const { outbox, inbox, live, attempts, recipients, paused, duplicatesPossible } = gauges;
  const age = (oldestAt: number | null) => (oldestAt === null ? 0 : Math.max(0, (now - oldestAt) / 1000));
  return [
    { name: 'perennial_outbox_rows', labels: { state: 'waiting' }, value: outbox.waiting },
    { name: 'perennial_outbox_rows', labels: { state: 'parked' }, value: outbox.parked },
    { name: 'perennial_outbox_oldest_seconds', labels: {}, value: age(outbox.oldestAt) },
    { name: 'perennial_inbox_rows', labels: { state: 'waiting' }, value: inbox.waiting },
    { name: 'perennial_inbox_rows', labels: { state: 'failing' }, value: inbox.failing },
    { name: 'perennial_inbox_oldest_seconds', labels: {}, value: age(inbox.oldestAt) },
    ...live.map(({ journey, state, count }): GaugeReading => ({
      name: 'perennial_enrolments_live',
      labels: { journey, state },
      value: count,
    })),
    ...deliveriesOf(gauges),
    ...attempts.map(({ connection, state, count }): GaugeReading => ({
      name: 'perennial_attempts_day',
      labels: { connection, state },
      value: count,
    })),
    { name: 'perennial_duplicates_possible_day', labels: {}, value: duplicatesPossible },
    ...recipients.map(({ campaign, count }): GaugeReading => ({
      name: 'perennial_campaign_recipients',
      labels: { campaign },
      value: count,
    })),
    ...paused.map(({ scope, name }): GaugeReading => ({
      name: 'perennial_paused',
      labels: { scope, name },
      value: 1,
    })),
  ];
}

/** One count of the ledger, shown from two sides. Zero unknown ones are told as well: alarms look for them. */
function deliveriesOf({ deliveries }: ShopGauges): readonly GaugeReading[] {
  const byOutcome = new Map<string, GaugeReading>();
  const byCampaign = new Map<string, GaugeReading>();
  const none = { state: 'unknown', channel: null, reason: null, campaign: null, count: 0 };
  for (const { state, channel, reason, campaign, count } of [...deliveries, none]) {
    const labels = { state, channel: channel ?? '', reason: reason ?? '' };
    add(byOutcome, { name: 'perennial_deliveries_day', labels, value: count });
    if (campaign !== null) {
      add(byCampaign, { name: 'perennial_campaign_messages_day', labels: { campaign, state }, value: count });
    }
  }
  return [...byOutcome.values(), ...byCampaign.values()];
}

function add(readings: Map<string, GaugeReading>, reading: GaugeReading): void {
  const key = JSON.stringify(reading.labels);
  const before = readings.get(key)?.value ?? 0;
  readings.set(key, { ...reading, value: before + reading.value });
}
