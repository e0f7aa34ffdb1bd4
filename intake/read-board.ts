import type { EventName } from '../domain/events/catalogue.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import { findEntered, loadLastEntries, type EnrolmentRecord, type JourneyKey } from '../store/enrolments.ts';
import { findEventsSince } from '../store/events.ts';
import { Board } from './board.ts';
import type { JourneyBook, RoutedJourney } from './journey-book.ts';
import type { Arrival } from './routing.ts';

/** Somebody who may enter a journey. */
export interface Candidate extends Pick<Arrival, 'customer' | 'fact' | 'at'> {
  readonly journey: RoutedJourney;
}

interface Wanted {
  readonly journeys: JourneyBook;
  /** Live enrolments of everybody concerned; their customers are locked. */
  readonly open: readonly EnrolmentRecord[];
  readonly candidates: readonly Candidate[];
  /** Customers whose past has to be looked at again, from this instant on: a cart has come to them. */
  readonly reviewed: ReadonlyMap<string, Instant>;
}

/** Reads what routing has to know; nothing about candidates whom an open enrolment keeps out anyway. */
export async function readBoard(
  trx: DatabaseTransaction,
  { journeys, open, candidates, reviewed }: Wanted,
): Promise<Board> {
  const possible = withoutOpen(candidates, open);
  const once = possible.filter(({ journey }) => journey.definition.reentry === 'once-ever');
  const [lastEntries, entered, later] = await Promise.all([
    loadLastEntries(trx, keysOf(possible)),
    findEntered(
      trx,
      once.map((candidate) => candidate.customer),
      [...new Set(once.map(({ journey }) => journey.name))],
    ),
    findEventsSince(trx, sinceOf(possible, reviewed), endingTypes(journeys)),
  ]);
  return new Board({ open, lastEntries, entered, later });
}

function withoutOpen(candidates: readonly Candidate[], open: readonly EnrolmentRecord[]): Candidate[] {
  const taken = new Set(open.map(({ journey, key }) => `${journey} ${key}`));
  return candidates.filter(({ journey, fact }) => !taken.has(`${journey.name} ${journey.keyOf(fact)}`));
}

function keysOf(candidates: readonly Candidate[]): JourneyKey[] {
  const keys = new Map<string, JourneyKey>();
  for (const { journey, fact } of candidates) {
    const key = journey.keyOf(fact);
    keys.set(`${journey.name} ${key}`, { journey: journey.name, key });
  }
  return [...keys.values()];
}

function sinceOf(
  candidates: readonly Candidate[],
  reviewed: ReadonlyMap<string, Instant>,
): Map<string, Instant> {
  const since = new Map(reviewed);
  for (const { customer, at } of candidates) since.set(customer, Math.min(at, since.get(customer) ?? at));
  return since;
}

function endingTypes(journeys: JourneyBook): EventName[] {
  return [...new Set(journeys.all.flatMap((journey) => [...journey.ends]))];
}
