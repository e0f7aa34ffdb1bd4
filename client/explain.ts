import type { Arrival } from '../domain/arrival.ts';
import type { CampaignState, DeliveryState, GateTrace } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { runIdOf, type JourneyDefinition, type Whereabouts } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Queryable } from '../store/database.ts';
import type { Deferral } from '../store/schema.ts';
import { findCustomer } from './find-customer.ts';
import { loadNotEnrolled, type NotEnrolled } from './not-enrolled.ts';

/** Everything that explains what one customer got and did not get. */
export interface Explanation {
  readonly customer: ExplainedCustomer;
  /** Newest first. */
  readonly enrolments: readonly ExplainedEnrolment[];
  /** Campaigns of which the customer is a recipient, newest first. */
  readonly campaigns: readonly ExplainedPlace[];
  /** Events that could have started a journey and did not, and journeys whose starting event never came. */
  readonly notEnrolled: readonly NotEnrolled[];
}

export interface ExplainedCustomer {
  readonly id: string;
  /** The shop's id; null for a guest. */
  readonly shopId: string | null;
  readonly state: 'active' | 'merged' | 'erased';
  readonly kind: 'consumer' | 'business';
  readonly test: boolean;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly timeZoneSource: string | null;
  readonly country: string | null;
  /** Which kinds of address there are, not the addresses. */
  readonly reachable: readonly { readonly kind: string; readonly state: string }[];
  readonly consents: readonly {
    readonly channel: string;
    readonly topic: string;
    readonly state: string;
    readonly at: Instant;
  }[];
  readonly suppressions: readonly {
    readonly channel: string;
    readonly reason: string;
    readonly at: Instant;
  }[];
}

export interface ExplainedEnrolment {
  readonly id: string;
  readonly journey: string;
  readonly version: number;
  readonly entry: number;
  readonly state: 'open' | 'sealed' | 'closed';
  readonly openedAt: Instant;
  readonly openedBy: string | null;
  readonly dueAt: Instant;
  readonly sealedAt: Instant | null;
  readonly sealReason: string | null;
  readonly exitReason: string | null;
  readonly exitedAt: Instant | null;
  /** The next step of a live run and when it comes, when the engine could be asked. */
  readonly next?: Whereabouts;
  readonly deliveries: readonly ExplainedDelivery[];
}

/** A customer's place in one going-out of a campaign. */
export interface ExplainedPlace {
  /** Of the recipient. */
  readonly id: string;
  readonly campaign: string;
  readonly scheduledAt: Instant;
  readonly state: CampaignState;
  /** When the message is due where the customer is. */
  readonly dueAt: Instant;
  readonly variant: string | null;
  readonly test: boolean;
  readonly deliveries: readonly ExplainedDelivery[];
}

export interface ExplainedDelivery {
  readonly id: string;
  readonly step: string;
  readonly message: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly locale: string | null;
  readonly dueAt: Instant;
  readonly usefulUntil: Instant;
  readonly decidedAt: Instant;
  readonly sendingAt: Instant | null;
  readonly settledAt: Instant | null;
  readonly deferredUntil: Instant | null;
  /** What became of it after the provider took it, as far as receipts tell. */
  readonly arrival: Arrival | null;
  /** The vendor's code of a failure or a bounce. */
  readonly arrivalCode: string | null;
  readonly deliveredAt: Instant | null;
  readonly readAt: Instant | null;
  readonly clickedAt: Instant | null;
  readonly bouncedAt: Instant | null;
  readonly gates: readonly GateTrace[];
  readonly deferrals: readonly Deferral[];
}

export interface ExplainDeps {
  readonly db: Queryable;
  readonly journeys: readonly JourneyDefinition[];
  readonly now: () => Instant;
  /** Asks a live run where it stands; `undefined` when the engine cannot be reached. */
  readonly whereabouts: (runId: string) => Promise<Whereabouts | undefined>;
}

/**
 * Explains one customer, by the shop's id, our id, an e-mail address or a telephone number.
 *
 * Reads only; safe to repeat.
 *
 * @throws PerennialError `customer-unknown` when nobody is known by `reference`.
 */
export async function explain(deps: ExplainDeps, reference: string): Promise<Explanation> {
  const id = await findCustomer(deps.db, reference);
  if (id === undefined) {
    throw new PerennialError(
      'customer-unknown',
      `Nobody is known as "${reference}". Give the shop's customer id, an anonymous id, an e-mail address or a telephone number that an event has named.`,
    );
  }
  const deliveries = await loadDeliveries(deps.db, id);
  const enrolments = await loadEnrolments(deps, id, deliveries);
  const entered = new Set(enrolments.map((enrolment) => enrolment.journey));
  return {
    customer: await loadCustomer(deps.db, id),
    enrolments,
    campaigns: await loadPlaces(deps.db, id, deliveries),
    notEnrolled: await loadNotEnrolled(deps, id, entered),
  };
}

async function loadCustomer(db: Queryable, id: string): Promise<ExplainedCustomer> {
  const row = await db.selectFrom('customers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const points = await db
    .selectFrom('contact_points')
    .selectAll()
    .where('customer_id', '=', id)
    .orderBy('kind')
    .execute();
  const consents = await db
    .selectFrom('current_consents')
    .select(['channel', 'topic', 'state', 'occurred_at as at'])
    .where('customer_id', '=', id)
    .orderBy('channel')
    .execute();
  const suppressions = await db
    .selectFrom('suppressions')
    .select(['channel', 'reason', 'at'])
    .where((where) =>
      where.or([
        where('customer_id', '=', id),
        where('address_key', 'in', points.map((point) => point.address_key).concat('')),
      ]),
    )
    .where('lifted_at', 'is', null)
    .execute();
  return {
    id: row.id,
    shopId: row.external_id,
    state: row.state,
    kind: row.kind,
    test: row.is_test,
    locale: row.locale,
    timeZone: row.time_zone,
    timeZoneSource: row.time_zone_source,
    country: row.country,
    reachable: points.map(({ kind, state }) => ({ kind, state })),
    consents,
    suppressions: suppressions.map(({ channel, reason, at }) => ({ channel: channel ?? 'all', reason, at })),
  };
}

/** By the enrolment or the recipient that they were for. */
type Deliveries = ReadonlyMap<string, readonly ExplainedDelivery[]>;

async function loadPlaces(
  db: Queryable,
  customer: string,
  deliveries: Deliveries,
): Promise<ExplainedPlace[]> {
  const rows = await db
    .selectFrom('campaign_recipients as r')
    .innerJoin('campaign_occurrences as o', 'o.id', 'r.occurrence_id')
    .select(['r.id', 'o.campaign', 'o.scheduled_at', 'o.state', 'r.due_at', 'r.variant', 'o.is_test'])
    .where('r.customer_id', '=', customer)
    .orderBy('r.due_at', 'desc')
    .orderBy('r.id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    campaign: row.campaign,
    scheduledAt: row.scheduled_at,
    state: row.state,
    dueAt: row.due_at,
    variant: row.variant,
    test: row.is_test,
    deliveries: deliveries.get(row.id) ?? [],
  }));
}

async function loadEnrolments(
  deps: ExplainDeps,
  customer: string,
  deliveries: Deliveries,
): Promise<ExplainedEnrolment[]> {
  const rows = await deps.db
    .selectFrom('enrolments')
    .selectAll()
    .where('customer_id', '=', customer)
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return Promise.all(
    rows.map(async (row) => {
      const next = row.state === 'open' ? await nextStep(deps, row) : undefined;
      return {
        id: row.id,
        journey: row.journey,
        version: row.version,
        entry: row.entry,
        state: row.state,
        openedAt: row.opened_at,
        openedBy: row.opened_by,
        dueAt: row.due_at,
        sealedAt: row.sealed_at,
        sealReason: row.seal_reason,
        exitReason: row.exit_reason,
        exitedAt: row.exited_at,
        ...(next === undefined ? {} : { next }),
        deliveries: deliveries.get(row.id) ?? [],
      };
    }),
  );
}

/** A run that waits for its start delay cannot be asked; its enrolment knows. */
async function nextStep(
  deps: ExplainDeps,
  row: { id: string; journey: string; due_at: Instant },
): Promise<Whereabouts | undefined> {
  if (row.due_at > deps.now()) return { doing: 'starting', until: row.due_at };
  return deps.whereabouts(runIdOf(row));
}

async function loadDeliveries(db: Queryable, customer: string): Promise<Deliveries> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('customer_id', '=', customer)
    .orderBy('due_at')
    .orderBy('id')
    .execute();
  const byOrigin = new Map<string, ExplainedDelivery[]>();
  for (const row of rows) {
    const delivery = {
      id: row.id,
      step: row.step,
      message: row.message,
      state: row.state,
      reason: row.reason,
      channel: row.channel,
      locale: row.locale,
      dueAt: row.due_at,
      usefulUntil: row.useful_until,
      decidedAt: row.decided_at,
      sendingAt: row.sending_at,
      settledAt: row.settled_at,
      deferredUntil: row.deferred_until,
      arrival: row.arrival,
      arrivalCode: row.arrival_code,
      deliveredAt: row.delivered_at,
      readAt: row.read_at,
      clickedAt: row.clicked_at,
      bouncedAt: row.bounced_at,
      gates: row.trace,
      deferrals: row.deferrals,
    };
    const origin = row.enrolment_id ?? row.recipient_id ?? '';
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), delivery]);
  }
  return byOrigin;
}
