import type { Fact } from '../domain/facts.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import type { JourneyDefinition } from '../domain/journey.ts';
import type { RoutingNote } from '../domain/routing-note.ts';
import { planOnce, type Database, type DatabaseTransaction } from '../store/database.ts';
import { closeFinished, loadOpenEnrolments } from '../store/enrolments.ts';
import { addRoutingNote, findEvents, readEvent, type ReadEvent } from '../store/events.ts';
import { followMerges, lockCustomers } from '../store/customers.ts';
import {
  acceptEvents,
  keepEvents,
  readSurroundings,
  writeBoard,
  type AcceptContext,
} from './accept-events.ts';
import { acceptIdentityEvent, identityChangeOf } from './accept-identity-event.ts';
import { EventsRefused } from './event-problem.ts';
import type { Home } from './facts/knowledge.ts';
import { createJourneyBook, type JourneyBook, type RoutedJourney } from './journey-book.ts';
import { keptForNobody, setLateAside } from './late-for-the-erased.ts';
import { assertLocked, findPeople, lockPeople, namePeople, type Sighting } from './lock-people.ts';
import { parseEventsByTurns, type IncomingEvent } from './parse-event.ts';
import { readBoard } from './read-board.ts';
import { retryTransaction } from './retry-transaction.ts';
import { enter, type Arrival } from './routing.ts';

export interface IntakeDependencies {
  readonly db: Database;
  /** Every version that may still have runs; of each name, the newest one takes new entries. */
  readonly journeys: readonly JourneyDefinition[];
  readonly clock: Clock;
  /** Where the shop is: the days of customers whose zone is unknown are its days. Default UTC. */
  readonly home?: Home;
}

export interface Accepted {
  readonly id: string;
  /** A duplicate is an event that was accepted before, with the same content. It has no effect. */
  readonly status: 'accepted' | 'duplicate';
}

/** Somebody whom the clock brings to a journey: a date has come, or the daily question has found them. */
export interface ClockArrival {
  readonly journey: string;
  readonly customer: string;
  readonly fact: Fact;
}

export interface Intake {
  /**
   * Accepts the events of one call, all or none, in one transaction: facts, enrolments opened and sealed, and what the
   * dispatcher has to tell the runs. When it returns, they are kept. Safe to repeat with the same ids.
   *
   * Events take effect in the order in which they happened, whatever their order in the call.
   *
   * @throws EventsRefused `event-invalid`, `event-unknown-type`, `too-many-events`, or `event-conflict` when an id was
   * used before with another content. Repeating the call unchanged gives the same answer.
   */
  accept(events: readonly unknown[]): Promise<Accepted[]>;
  /** The same for events that `parseEvents` has read already. */
  acceptParsed(events: readonly IncomingEvent[]): Promise<Accepted[]>;
  /**
   * A run was found finished although its enrolment was open: closes the enrolment and lets the event try to enter the
   * journey again, in one transaction. Does nothing when somebody else has already closed it.
   */
  reroute(enrolmentId: string, eventId: string): Promise<void>;
  /** Opens enrolments for arrivals that no event brings, by the same rules. Notes come back in the same order. */
  openEnrolments(arrivals: readonly ClockArrival[]): Promise<RoutingNote[]>;
}

export function createIntake({
  db,
  journeys: definitions,
  clock,
  home = { timeZone: 'UTC' },
}: IntakeDependencies): Intake {
  const journeys = createJourneyBook(definitions);
  const inTransaction = <T>(
    run: (trx: DatabaseTransaction, alsoLock: ReadonlySet<string>) => Promise<T>,
  ): Promise<T> => retryTransaction((alsoLock) => db.transaction().execute((trx) => run(trx, alsoLock)));

  async function acceptParsed(events: readonly IncomingEvent[]): Promise<Accepted[]> {
    if (events.length === 0) return [];
    return inTransaction((trx, alsoLock) =>
      accept(trx, events, { journeys, now: clock.now(), home, alsoLock }),
    );
  }

  return {
    accept: async (raw) => acceptParsed(await parseEventsByTurns(raw)),
    acceptParsed,
    reroute: (enrolmentId, eventId) =>
      inTransaction((trx, alsoLock) =>
        reroute(trx, { enrolmentId, eventId }, { journeys, now: clock.now(), home, alsoLock }),
      ),
    openEnrolments: (arrivals) =>
      inTransaction((trx, alsoLock) =>
        openEnrolments(trx, arrivals, { journeys, now: clock.now(), home, alsoLock }),
      ),
  };
}

interface Circumstances {
  readonly journeys: JourneyBook;
  readonly now: Instant;
  readonly home: Home;
  readonly alsoLock: ReadonlySet<string>;
}

/** Up to so many events, their statements cost less to look up than to plan. */
const few = 50;

async function accept(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { journeys, now, home, alsoLock }: Circumstances,
): Promise<Accepted[]> {
  const [, known, sighting] = await Promise.all([
    events.length > few ? undefined : planOnce(trx),
    findEvents(
      trx,
      events.map(({ event }) => event.id),
    ),
    findPeople(trx, events, journeys),
  ]);
  const { fresh, accepted } = withoutDuplicates(events, known);
  const { present, late } = setLateAside(inOrder(fresh), sighting.erasures);
  if (late.length > 0) await keepEvents(trx, late.map(keptForNobody), now);
  if (present.length > 0) await takeEffect(trx, present, { journeys, now, home, alsoLock, sighting });
  return accepted;
}

interface EffectContext extends Circumstances {
  readonly sighting: Sighting;
}

/** Locks the people of the events, and lets the events take effect. */
async function takeEffect(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { sighting, alsoLock, ...circumstances }: EffectContext,
): Promise<void> {
  const named = await namePeople(trx, events, sighting, circumstances.now);
  const { identities } = named;
  const concerned = [...new Set([...identities.values(), ...named.bystanders, ...alsoLock])];
  // Sent together: what is read stands behind the lock.
  const [people, read] = await Promise.all([
    lockPeople(trx, events, named, alsoLock),
    readSurroundings(trx, events, { identities, customers: concerned }),
  ]);
  const context = { ...circumstances, people };
  if (events.some((event) => identityChangeOf(event, people) !== undefined))
    await takeEffectInTurn(trx, events, context);
  else await acceptEvents(trx, events, context, read);
}

/** Events take effect together, up to one that changes who is who: that one alone, and what follows after it. */
async function takeEffectInTurn(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  context: AcceptContext,
): Promise<void> {
  let together: IncomingEvent[] = [];
  for (const [place, event] of events.entries()) {
    const change = identityChangeOf(event, context.people);
    if (change === undefined) {
      together.push(event);
      continue;
    }
    await acceptEvents(trx, together, context);
    together = [];
    await acceptIdentityEvent(trx, event, { ...context, change });
    if (change.kind === 'erase') return takeEffectAnew(trx, events.slice(place + 1), context);
  }
  await acceptEvents(trx, together, context);
}

/** Whoever is heard of after they were erased is somebody new, in the same call as well as in a later one. */
async function takeEffectAnew(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { people, ...circumstances }: AcceptContext,
): Promise<void> {
  if (events.length === 0) return;
  const sighting = await findPeople(trx, events, circumstances.journeys);
  await takeEffect(trx, events, { ...circumstances, sighting, alsoLock: new Set(people.customers.keys()) });
}

/** @throws EventsRefused `event-conflict` */
function withoutDuplicates(
  events: readonly IncomingEvent[],
  kept: ReadonlyMap<string, Buffer>,
): { fresh: IncomingEvent[]; accepted: Accepted[] } {
  const known = new Map(kept);
  const fresh: IncomingEvent[] = [];
  const accepted = events.map((incoming, index): Accepted => {
    const { id } = incoming.event;
    const before = known.get(id);
    if (before === undefined) {
      known.set(id, incoming.fingerprint);
      fresh.push(incoming);
      return { id, status: 'accepted' };
    }
    if (!before.equals(incoming.fingerprint)) throw conflict(id, index);
    return { id, status: 'duplicate' };
  });
  return { fresh, accepted };
}

function conflict(id: string, index: number): EventsRefused {
  const problem = 'an event of this id was accepted before with another content; a new event needs a new id';
  return new EventsRefused('event-conflict', [{ index, path: 'id', value: JSON.stringify(id), problem }]);
}

/** What happened first takes effect first; at the same instant, what was told first. */
function inOrder(events: readonly IncomingEvent[]): IncomingEvent[] {
  return [...events].sort((a, b) => a.at - b.at);
}

async function reroute(
  trx: DatabaseTransaction,
  { enrolmentId, eventId }: { enrolmentId: string; eventId: string },
  circumstances: Circumstances,
): Promise<void> {
  const { journeys, now, alsoLock } = circumstances;
  const event = await readEvent(trx, eventId);
  const locked = await lockCustomers(trx, [...ownerOf(event), ...alsoLock]);
  const closed = await closeFinished(trx, enrolmentId, now);
  // Its customer may have been merged while we waited, or not be the event's at all.
  if (closed !== undefined) assertLocked(locked, [closed.customer]);
  // A seal was all that the event had to do.
  if (closed === undefined || closed.sealReason !== null) return;
  const journey = journeys.newest(closed.journey);
  if (event === undefined || event.fact === null || journey?.definition.startsOn !== event.type) return;
  const arrival = { customer: closed.customer, fact: event.fact, at: event.at, openedBy: event.id };
  const [note] = await enterAll(trx, [{ journey, arrival }], circumstances);
  if (note !== undefined) await addRoutingNote(trx, event.id, note);
}

function ownerOf(event: ReadEvent | undefined): string[] {
  return event === undefined || event.customer === null ? [] : [event.customer];
}

async function openEnrolments(
  trx: DatabaseTransaction,
  arrivals: readonly ClockArrival[],
  circumstances: Circumstances,
): Promise<RoutingNote[]> {
  const { journeys } = circumstances;
  const entries = arrivals.flatMap(({ journey: name, customer, fact }) => {
    const journey = journeys.newest(name);
    return journey === undefined
      ? []
      : [{ journey, arrival: { customer, fact, at: fact.at, openedBy: null } }];
  });
  return enterAll(trx, entries, circumstances);
}

interface Entry {
  readonly journey: RoutedJourney;
  readonly arrival: Arrival;
}

/** Whoever was merged since they were found enters as the customer who stays. */
async function enterAll(
  trx: DatabaseTransaction,
  found: readonly Entry[],
  { journeys, now, alsoLock }: Circumstances,
): Promise<RoutingNote[]> {
  const ids = found.map(({ arrival }) => arrival.customer);
  const before = await followMerges(trx, ids);
  const customers = await lockCustomers(trx, [...before.values(), ...alsoLock]);
  const survivors = await followMerges(trx, ids);
  assertLocked(customers, survivors.values());
  const entries = found.map(({ journey, arrival }) => ({ journey, arrival: arrivalOf(arrival, survivors) }));
  const board = await readBoard(trx, {
    journeys,
    open: await loadOpenEnrolments(trx, [...customers.keys()]),
    candidates: entries.map(({ journey, arrival }) => ({ journey, ...arrival })),
    reviewed: new Map(),
  });
  const customer = (id: string) => {
    const found = customers.get(id);
    return found && { id, state: found.state, kind: found.profile.kind };
  };
  const notes = entries.map(({ journey, arrival }) =>
    enter({ journeys, board, now, customer }, journey, arrival),
  );
  await writeBoard(trx, board, now);
  return notes;
}

/** The same arrival, of the customer who stays. Journeys about a person are keyed by the person: the fact follows as well. */
function arrivalOf(arrival: Arrival, survivors: ReadonlyMap<string, string>): Arrival {
  const customer = survivors.get(arrival.customer) ?? arrival.customer;
  return {
    ...arrival,
    customer,
    fact: 'customer' in arrival.fact ? { ...arrival.fact, customer } : arrival.fact,
  };
}
