import { parseDuration } from '../domain/duration.ts';
import { eventCatalogue, type EventName } from '../domain/events/catalogue.ts';
import type { Fact } from '../domain/facts.ts';
import { floorToSecond, toIso, type Instant } from '../domain/instant.ts';
import { defaultMaximumAge } from '../domain/journey.ts';
import type { NotOpenedReason, RoutingNote } from '../domain/routing-note.ts';
import type { PastEvent } from '../store/events.ts';
import { newId } from '../store/new-id.ts';
import type { Board, BoardEnrolment } from './board.ts';
import { farAhead } from './far-ahead.ts';
import type { Happened } from './happening.ts';
import type { JourneyBook, RoutedJourney } from './journey-book.ts';

/** The person whom routing decides about. */
export interface RoutedCustomer {
  readonly id: string;
  readonly state: 'active' | 'merged' | 'erased';
  readonly kind: 'consumer' | 'business';
}

export interface RoutingContext {
  readonly journeys: JourneyBook;
  readonly board: Board;
  readonly now: Instant;
  readonly customer: (id: string) => RoutedCustomer | undefined;
}

/**
 * Lets one event end, wake and start what it ends, wakes and starts, in this order, and notes each effect on it.
 * History (`backfill`) starts, wakes and ends nothing as it is told. Like any fact, it is met by whoever enters, or whose
 * cart changes hands, afterwards: what was ordered stays ordered.
 */
export function route(context: RoutingContext, happened: Happened): void {
  const { board, journeys } = context;
  const { fact, customer } = happened;
  if (fact === undefined) return;
  if (!happened.backfill && happened.stale !== true) touchEnrolments(context, happened, fact);
  if (customer === undefined) return;
  for (const journey of journeys.startingOn(happened.type)) {
    happened.notes.push(enter(context, journey, { ...happened, customer, fact, openedBy: happened.id }));
  }
  board.remember({ id: happened.id, type: happened.type, customer, at: happened.at, fact });
}

function touchEnrolments({ board, journeys }: RoutingContext, happened: Happened, fact: Fact): void {
  const { id, type, at, customer } = happened;
  if (!journeys.isDecisive(type)) return;
  for (const enrolment of customer === undefined ? board.allOpen() : board.openOf(customer)) {
    const journey = journeys.of(enrolment);
    if (journey === undefined || !concerns(journey, enrolment, { type, fact, customer })) continue;
    const ends = journey.ends.has(type);
    if (ends) board.seal(enrolment, { by: id, reason: type });
    board.tell({
      enrolment: enrolment.id,
      kind: 'signal',
      event: id,
      payload: { event: type, fact, at, ends },
    });
    happened.notes.push({
      journey: journey.name,
      effect: ends ? 'sealed' : 'woken',
      enrolment: enrolment.id,
    });
  }
}

interface Concern {
  readonly type: EventName;
  readonly fact: Fact;
  readonly customer: string | undefined;
}

/**
 * Does the journey end or wake on the event, and does the event mean this very enrolment? By the journey's own `concerns`
 * or `matches`; else by key when both are about the same kind of thing; messages by the run that sent them; the rest by customer.
 */
export function concerns(
  journey: RoutedJourney,
  enrolment: Pick<BoardEnrolment, 'id' | 'key' | 'fact'>,
  { type, fact, customer }: Concern,
): boolean {
  if (!journey.ends.has(type) && !journey.wakes.has(type)) return false;
  const concern = journey.concern(type);
  if (concern !== undefined) return concern(fact, enrolment.fact);
  const match = journey.match(type);
  if (match !== undefined) return match(fact) === enrolment.key;
  if ('enrolment' in fact) return fact.enrolment === enrolment.id;
  if (eventCatalogue[type].fact === journey.kind) return journey.keyOf(fact) === enrolment.key;
  return customer !== undefined;
}

/** Somebody at the door of a journey. */
export interface Arrival {
  readonly customer: string;
  readonly fact: Fact;
  readonly at: Instant;
  /** The event; null when it was the clock. */
  readonly openedBy: string | null;
  readonly backfill?: boolean;
  readonly overtaken?: boolean;
}

/** Opens an enrolment, or says why not. */
export function enter(context: RoutingContext, journey: RoutedJourney, arrival: Arrival): RoutingNote {
  const refusal = refusalOf(context, journey, arrival);
  if (refusal !== undefined) return { journey: journey.name, effect: 'not-opened', ...refusal };
  const enrolment = enrolmentFor(context, journey, arrival);
  context.board.open(enrolment);
  return { journey: journey.name, effect: 'opened', enrolment: enrolment.id };
}

function enrolmentFor({ board }: RoutingContext, journey: RoutedJourney, arrival: Arrival): BoardEnrolment {
  const { customer, fact, openedBy } = arrival;
  const { name, version, definition } = journey;
  const id = newId();
  const key = journey.keyOf(fact);
  const wait = definition.startsAfter === undefined ? 0 : parseDuration(definition.startsAfter);
  const dueAt = floorToSecond(fact.at + wait);
  return {
    id,
    journey: name,
    version,
    key,
    entry: (board.lastEntry(name, key)?.entry ?? 0) + 1,
    customer,
    state: 'open',
    fact,
    sealReason: null,
    opened: { by: openedBy, dueAt },
  };
}

interface Refusal {
  readonly because: NotOpenedReason;
  readonly saw?: string;
}

/** The first rule that keeps the arrival out; the order is the order in which a person would ask. */
function refusalOf(context: RoutingContext, journey: RoutedJourney, arrival: Arrival): Refusal | undefined {
  const customer = context.customer(arrival.customer);
  if (arrival.backfill === true) return { because: 'backfill' };
  if (customer?.state === 'erased') return { because: 'customer-erased' };
  if (customer?.kind === 'business' && journey.definition.includesBusiness !== true)
    return { because: 'business-customer' };
  if (journey.leavesOut(arrival.fact)) return { because: 'unless' };
  return (
    refusedByAge(context.now, journey, arrival) ??
    refusedByEntries(context.board, journey, arrival) ??
    refusedAsOvertaken(context, journey, arrival)
  );
}

function refusedByAge(
  now: Instant,
  { definition }: RoutedJourney,
  { at, openedBy }: Arrival,
): Refusal | undefined {
  // The clock brings people ahead of their local hour, on purpose.
  if (openedBy !== null && at > now + farAhead) return { because: 'in-the-future', saw: toIso(at) };
  const maximumAge = definition.maximumAge ?? defaultMaximumAge;
  return now - at > parseDuration(maximumAge) ? { because: 'too-old', saw: maximumAge } : undefined;
}

function refusedByEntries(
  board: Board,
  { name, keyOf, definition }: RoutedJourney,
  arrival: Arrival,
): Refusal | undefined {
  const { reentry, reopensAfter } = definition;
  const last = board.lastEntry(name, keyOf(arrival.fact));
  if (last?.state === 'open') return { because: 'still-running', saw: last.id };
  if (reentry === 'once-ever') {
    return board.hasEntered(name, arrival.customer) ? { because: 'entered-before' } : undefined;
  }
  if (last === undefined || reentry === 'when-ended') return undefined;
  const reopens = (reopensAfter ?? []).some((event) => event === last.sealReason);
  if (reentry === 'once-per-key') return reopens ? undefined : { because: 'already-entered', saw: last.id };
  const again = last.fact.at + parseDuration(reentry.after);
  return arrival.at < again && !reopens ? { because: 'too-soon', saw: toIso(again) } : undefined;
}

/** An event that arrives late starts nothing that a later one, accepted before it, has ended. */
function refusedAsOvertaken(
  context: RoutingContext,
  journey: RoutedJourney,
  arrival: Arrival,
): Refusal | undefined {
  if (arrival.overtaken === true) return { because: 'overtaken' };
  const by = overtakerOf(context, journey, { ...arrival, key: journey.keyOf(arrival.fact) });
  return by === undefined ? undefined : { because: 'overtaken', saw: by.type };
}

/** An entry, made or about to be, that something may have happened to since. */
interface Overtaken extends Pick<BoardEnrolment, 'customer' | 'key' | 'fact'> {
  readonly at: Instant;
  readonly openedBy: string | null;
}

/**
 * The event that ends the journey for this key and happened since. A clock may run ahead, so up to a day ahead counts;
 * what is still to happen beyond that overtakes nobody: an order dated
 * years ahead would keep every cart until then from opening.
 */
export function overtakerOf(
  { board, now }: Pick<RoutingContext, 'board' | 'now'>,
  journey: RoutedJourney,
  { customer, key, fact, at, openedBy }: Overtaken,
): PastEvent | undefined {
  return board.eventsSince(customer, at).find(
    (event) =>
      event.id !== openedBy &&
      event.at <= now + farAhead &&
      event.fact !== null &&
      journey.ends.has(event.type) &&
      // Messages are of a run, and this one has not begun.
      !('enrolment' in event.fact) &&
      concerns(journey, { id: '', key, fact }, { type: event.type, fact: event.fact, customer }),
  );
}

/**
 * After a merge, or when a cart changes hands, an enrolment may meet what its new owner did since it was opened: the order
 * that was placed under another name ends it now.
 */
export function sealOvertaken(context: RoutingContext, enrolments: readonly BoardEnrolment[]): void {
  const { board, journeys } = context;
  for (const enrolment of enrolments) {
    const journey = journeys.of(enrolment);
    if (journey === undefined) continue;
    const { customer, key, fact } = enrolment;
    const by = overtakerOf(context, journey, { customer, key, fact, at: fact.at, openedBy: null });
    if (by === undefined || by.fact === null) continue;
    board.seal(enrolment, { by: by.id, reason: by.type });
    board.tell({
      enrolment: enrolment.id,
      kind: 'signal',
      event: by.id,
      payload: { event: by.type, fact: by.fact, at: by.at, ends: true },
    });
  }
}
