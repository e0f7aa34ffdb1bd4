import type { ConversionRules } from '../domain/conversion.ts';
import type { EventName, EventOf } from '../domain/events/catalogue.ts';
import { printable } from '../domain/events/fields.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import type { JourneyDefinition, Whereabouts } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Accepted, Intake } from '../intake/create-intake.ts';
import { createGroupCommit } from '../intake/group-commit.ts';
import { parseEvents } from '../intake/parse-event.ts';
import { createApiKey, findApiKeys, listApiKeys, revokeApiKey, type ApiKey } from '../store/api-keys.ts';
import type { Database } from '../store/database.ts';
import { listCampaignNames } from '../store/campaign-names.ts';
import { assertServable } from '../store/migrate.ts';
import { countOverdue, pause, resume, type Overdue, type PauseScope } from '../store/pauses.ts';
import { createApiKeyCheck } from './api-key-check.ts';
import { stirCampaigns, type StirCampaign } from './campaigns/stir-campaigns.ts';
import { explain, type Explanation } from './explain.ts';
import { listNamedDeliveries, type DeliveryFilter, type ListedDelivery } from './list-deliveries.ts';
import { listUnknowns, type UnknownDelivery } from './list-unknowns.ts';
import { listNamedRuns, type ListedRun, type RunFilter } from './list-runs.ts';
import { readStatus, type Status } from './read-status.ts';
import type { PurchaseFigures } from '../insight/purchase-figures.ts';
import { readCustomerReport, type CustomerReportOptions } from './reports/read-customer-report.ts';
import { readNamedReport } from './reports/read-named-report.ts';
import type { Report, ReportScope } from './reports/read-report.ts';
import { suppress } from './suppress.ts';

export interface ClientDependencies {
  readonly db: Database;
  readonly intake: Intake;
  readonly journeys: readonly JourneyDefinition[];
  /** Names of the campaigns that are defined; without them, status says of none that its code is gone. */
  readonly campaigns?: readonly string[];
  readonly clock: Clock;
  /** Asks a live run where it stands; `undefined` when the engine cannot be reached. */
  readonly whereabouts: (runId: string) => Promise<Whereabouts | undefined>;
  /** Tells a campaign under way that a pause is over. Without it, campaigns notice within ten minutes. */
  readonly stirCampaign?: StirCampaign;
  /** The shop's place, whose days reports count in. Default UTC. */
  readonly home?: { readonly timeZone: string };
  /** What reports count as a conversion, where it is not the standard. */
  readonly conversions?: ConversionRules;
}

/** An event as typed code writes it. */
export type TrackedEvent = EventOf<EventName>;

/** Everything one can ask of a running Perennial. HTTP and the command line are thin layers over it. */
export interface Client {
  /** Names of the journeys, for those who pause one. */
  readonly journeyNames: readonly string[];
  /** Names of the campaigns that have gone out or are under way. */
  campaignNames(): Promise<readonly string[]>;
  /**
   * Tells what has happened. When it returns, the event is kept and its journeys start, wake or end.
   *
   * A list is accepted as a whole or not at all, up to 1,000 events. Single events share transactions with others that
   * arrive at the same time. Safe to repeat: the same id is the same event and has its effect once. That is why an id
   * is not made up here when it is missing: a repeat after a lost answer could not be told from a new event.
   *
   * @throws EventsRefused `event-invalid`, `event-unknown-type`, `event-conflict`, `too-many-events`: do not repeat
   * unchanged. Anything else, such as a lost connection: repeat with the same ids.
   */
  track(event: TrackedEvent): Promise<Accepted>;
  track(events: readonly unknown[]): Promise<Accepted[]>;
  /** The same for a single event that comes from outside and may be anything. */
  trackOne(event: unknown): Promise<Accepted>;
  /** Reads an event without keeping it. @throws EventsRefused `event-invalid`, `event-unknown-type` */
  check(event: unknown): void;
  explain(reference: string): Promise<Explanation>;
  /** Rows of the send ledger, newest first. @throws PerennialError `journey-unknown`, `campaign-unknown` */
  deliveries(filter?: DeliveryFilter): Promise<ListedDelivery[]>;
  /** Every message that may or may not have arrived, until evidence settles it; since an instant, or all. */
  unknowns(options?: { readonly since?: Instant }): Promise<readonly UnknownDelivery[]>;
  /** Newest first. @throws PerennialError `journey-unknown` */
  runs(filter?: RunFilter): Promise<ListedRun[]>;
  status(): Promise<Status>;
  /**
   * What became of journeys and campaigns, as of this instant. Reads only.
   *
   * @throws PerennialError `journey-unknown`, `campaign-unknown`, `report-period-invalid`
   */
  report(scope?: ReportScope): Promise<Report>;
  /** How customers buy, up to now unless the options say otherwise. @throws PerennialError `report-period-invalid` */
  customerReport(options?: CustomerReportOptions): Promise<PurchaseFigures>;
  /** Holds messages back from the next one on; those that come due wait, and expire when they are no longer useful. False when it was paused already. */
  pause(what: PauseScope, reason?: string): Promise<boolean>;
  /**
   * Lets it go on, campaigns under way at once; what came due meanwhile is sent unless told otherwise. False when it was not
   * paused.
   */
  resume(what: PauseScope, overdue?: Overdue): Promise<boolean>;
  /** How many of its messages have come due while it is paused. */
  countOverdue(what: PauseScope): Promise<number>;
  suppress(
    reference: string,
    options: { readonly channel?: ChannelName; readonly reason: string },
  ): Promise<{ readonly what: string }>;
  /** The secret is shown this once. @throws PerennialError `api-key-name-invalid` */
  createKey(name: string): Promise<ApiKey & { readonly secret: string }>;
  listKeys(): Promise<ApiKey[]>;
  /** @throws PerennialError `api-key-unknown` when no key, or more than one, begins so. */
  revokeKey(prefix: string): Promise<ApiKey>;
  /** Is this a live key? A revoked one is refused within two seconds. */
  isKey(secret: string): Promise<boolean>;
  /** @throws when the database cannot be reached, `migrations-pending` when it is behind. */
  assertReady(): Promise<void>;
}

export function createClient({
  db,
  intake,
  journeys,
  campaigns,
  clock,
  whereabouts,
  stirCampaign = async () => false,
  home = { timeZone: 'UTC' },
  conversions,
}: ClientDependencies): Client {
  const single = createGroupCommit(intake);
  const trackOne = (event: unknown): Promise<Accepted> => single.accept(event);

  function track(event: TrackedEvent): Promise<Accepted>;
  function track(events: readonly unknown[]): Promise<Accepted[]>;
  async function track(told: TrackedEvent | readonly unknown[]): Promise<Accepted | Accepted[]> {
    return isList(told) ? intake.accept(told) : trackOne(told);
  }

  const journeyNames = [...new Set(journeys.map((journey) => journey.name))];

  return {
    journeyNames,
    campaignNames: () => listCampaignNames(db),
    track,
    trackOne,
    check: (event) => void parseEvents([event]),
    explain: (reference) => explain({ db, journeys, now: () => clock.now(), whereabouts }, reference),
    deliveries: (filter) => listNamedDeliveries(db, { ...filter, journeyNames }),
    unknowns: (options) => listUnknowns(db, options),
    runs: (filter) => listNamedRuns(db, { ...filter, journeyNames }),
    status: () => readStatus(db, campaigns === undefined ? {} : { campaigns }),
    report: (scope) =>
      readNamedReport(db, { ...scope, journeyNames, ...(conversions === undefined ? {} : { conversions }) }),
    customerReport: (options) =>
      readCustomerReport(db, { until: clock.now(), ...options, timeZone: home.timeZone }),
    pause: (what, reason) =>
      pause(db, what, { at: clock.now(), ...(reason === undefined ? {} : { reason }) }),
    async resume(what, overdue = 'send') {
      const leaveOut = overdue === 'send' ? undefined : { overdue, at: clock.now() };
      const wasPaused = await resume(db, what, leaveOut);
      if (wasPaused) await stirCampaigns(db, what, stirCampaign);
      return wasPaused;
    },
    countOverdue: (what) => countOverdue(db, what, clock.now()),
    suppress: (reference, options) => suppress(db, reference, { ...options, now: clock.now() }),
    createKey: async (name) => createApiKey(db, { name: keyNameOf(name), now: clock.now() }),
    listKeys: () => listApiKeys(db),
    revokeKey: async (prefix) => revokeApiKey(db, await keyIdOf(db, prefix), clock.now()),
    isKey: createApiKeyCheck(db),
    assertReady: () => assertServable(db),
  };
}

function isList(told: TrackedEvent | readonly unknown[]): told is readonly unknown[] {
  return Array.isArray(told);
}

const keyName = printable.trim().min(1).max(80);

/** @throws PerennialError `api-key-name-invalid` */
function keyNameOf(name: string): string {
  const { data, success } = keyName.safeParse(name);
  if (success) return data;
  throw new PerennialError(
    'api-key-name-invalid',
    `${JSON.stringify(name)} cannot be the name of a key. Give 1 to 80 printable characters, such as "web-shop".`,
  );
}

async function keyIdOf(db: Database, prefix: string): Promise<string> {
  const [key, ...others] = await findApiKeys(db, prefix);
  if (key !== undefined && others.length === 0) return key.id;
  const count = key === undefined ? 'No key' : `More than one key (${others.length + 1})`;
  throw new PerennialError(
    'api-key-unknown',
    `${count} begins with "${prefix}". "npx perennial keys list" shows the beginning of each.`,
  );
}
