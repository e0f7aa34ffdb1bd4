import type { Duration } from './duration.ts';
import type { EventName, FactOf } from './events/catalogue.ts';
import type { Facts } from './facts.ts';
import type { Instant } from './instant.ts';

/** The journey begins on a date of the customer's: `{ date: 'birthday', at: '09:00', daysBefore: 7 }`, in the customer's zone. */
export interface DateStart {
  readonly date: string;
  /** Local time, `HH:MM`. */
  readonly at: string;
  readonly daysBefore?: number;
}

/** The journey begins for everyone whom a question, asked once a day, finds: `{ daily: 'no-order-for', days: 60, at: '08:00' }`. */
export interface DailyStart {
  readonly daily: DailyQuestion;
  readonly days: number;
  /** Local time of the shop, `HH:MM`. */
  readonly at: string;
}

/** Questions that the ticker can ask of the whole customer base. */
export type DailyQuestion = 'no-order-for';

export type JourneyStart = EventName | DateStart | DailyStart;

/** The fact that a story is given, by what it starts on. */
export type FactOfStart<Start extends JourneyStart> = Start extends EventName
  ? FactOf<Start>
  : Start extends DateStart
    ? Facts['date']
    : Facts['daily'];

/**
 * May a customer go through a journey again?
 * - `once-per-key`: a key is entered once, for good.
 * - `when-ended`: again as soon as the last entry of that key is over.
 * - `{ after }`: again when that long has passed since the last entry of that key began.
 * - `once-ever`: one entry per customer, whatever the key.
 */
export type Reentry = 'once-per-key' | 'when-ended' | 'once-ever' | { readonly after: Duration };

/** Everything about a journey but its story. Plain data and pure functions of facts, so that intake can route with it. */
export interface JourneyDefinition<
  Start extends JourneyStart = JourneyStart,
  Ends extends EventName = EventName,
  Wakes extends EventName = EventName,
> {
  /** Permanent: renaming a journey strands its runs. */
  readonly name: string;
  /** A whole number from 1. A released version is never edited: copy the file and count up. */
  readonly version: number;
  readonly startsOn: Start;
  /** The business key: one enrolment per key and entry. */
  readonly key: (fact: FactOfStart<Start>) => string;
  /** Events that start nothing. */
  readonly unless?: (fact: FactOfStart<Start>) => boolean;
  /** How long after the fact's own instant the story begins. Costs nothing while it lasts. */
  readonly startsAfter?: Duration;
  /** An event older than this starts nothing. Default 24 hours. */
  readonly maximumAge?: Duration;
  /**
   * Events that seal the enrolment in the transaction that accepts them; the story stops wherever it stands.
   * An event with the same kind of fact as the start must give the same key; any other matches by customer
   * (message events: by the run that sent the message), unless `matches` or `concerns` says otherwise.
   */
  readonly endsOn: readonly Ends[];
  /** Events that a story may wait for. They match like `endsOn`. */
  readonly wakesOn?: readonly Wakes[];
  /** By event, the key that it must give, where the rule above is not right: match only orders of this very cart, say. */
  readonly matches?: { readonly [E in NoInfer<Ends | Wakes>]?: (fact: FactOf<E>) => string | undefined };
  /**
   * By event, whether it concerns the entry that began with `start`, where no key can say so: of all orders of a day only
   * the one that is thanked for. It decides alone. Not for events of the shop, such as a new price.
   */
  readonly concerns?: {
    readonly [E in NoInfer<Ends | Wakes>]?: (fact: FactOf<E>, start: FactOfStart<Start>) => boolean;
  };
  readonly reentry: Reentry;
  /** Ends after which a key may be entered again although it is `once-per-key`: an older cart that is touched again. */
  readonly reopensAfter?: readonly NoInfer<Ends>[];
  /** Business customers are left out unless this is true. */
  readonly includesBusiness?: boolean;
}

/** The workflow type of a released journey version. */
export type JourneyTypeName = `${string}@${number}`;

export function journeyTypeName(journey: {
  readonly name: string;
  readonly version: number;
}): JourneyTypeName {
  return `${journey.name}@${journey.version}`;
}

/** Default of `maximumAge`: an entry event older than a day starts nothing (journeys reference 2). */
export const defaultMaximumAge: Duration = '24 hours';

/** What a run is started with. No personal data: it stays in the history. */
export interface RunInput<Fact = unknown> {
  readonly enrolment: string;
  /** Opaque; only hashed, for `choose`. */
  readonly customer: string;
  readonly fact: Fact;
  /** The business instant at which the story begins: the fact's own instant plus `startsAfter`. */
  readonly dueAt: Instant;
  /** Scenario time minus engine time in milliseconds: zero in production, constant in a world. */
  readonly clockOffset?: number;
}

/** What a run is told while it lives. */
export interface Happening {
  /** The outbox row, for deduplication. */
  readonly outboxId: string;
  readonly event: EventName;
  readonly fact: unknown;
  /** When it happened; not when the signal arrived. */
  readonly at: Instant;
  /** True when the event is one of the journey's `endsOn`: its enrolment is already sealed. */
  readonly ends: boolean;
}

/** Where a live run stands, answered by the query `whereabouts`. */
export interface Whereabouts {
  readonly doing: 'starting' | 'sleeping' | 'waiting' | 'sending' | 'asking' | 'ended';
  /** The message, event or question it is about. */
  readonly subject?: string;
  /** When it goes on by itself. */
  readonly until?: Instant;
}

/** The Temporal workflow id of an enrolment. Opaque on purpose: ids are shown in clear. */
export function runIdOf(enrolment: { readonly journey: string; readonly id: string }): string {
  return `journey/${enrolment.journey}/${enrolment.id}`;
}

export const happenedSignal = 'happened';
export const whereaboutsQuery = 'whereabouts';
export const journeysTaskQueue = 'journeys';
