import type { Instant } from '../domain/instant.ts';
import type { IdentityMap } from '../store/customer-identities.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import {
  insertEnrolments,
  loadOpenEnrolments,
  sealEnrolments,
  type EnrolmentRecord,
} from '../store/enrolments.ts';
import { insertEvents } from '../store/events.ts';
import { insertOutbox } from '../store/outbox.ts';
import { goOnWhenSent } from '../store/pipelined-dialect.ts';
import type { Board } from './board.ts';
import { applyEvent } from './facts/apply-event.ts';
import type { CartMove, Home, Knowledge } from './facts/knowledge.ts';
import type { Happened } from './happening.ts';
import type { JourneyBook } from './journey-book.ts';
import type { People } from './lock-people.ts';
import type { IncomingEvent } from './parse-event.ts';
import { readBoard, type Candidate } from './read-board.ts';
import { readKnowledge, readRecords, type Reading } from './read-knowledge.ts';
import { route, sealOvertaken, type RoutingContext } from './routing.ts';
import { writeKnowledge } from './write-knowledge.ts';

export interface AcceptContext {
  readonly journeys: JourneyBook;
  readonly people: People;
  readonly now: Instant;
  readonly home: Home;
}

/** What is read about the events of a transaction and their people before anything takes effect. */
export interface Surroundings extends Reading {
  readonly open: readonly EnrolmentRecord[];
}

export async function readSurroundings(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { identities, customers }: { identities: IdentityMap; customers: readonly string[] },
): Promise<Surroundings> {
  const [reading, open] = await Promise.all([
    readRecords(trx, events, { identities }),
    loadOpenEnrolments(trx, customers),
  ]);
  return { ...reading, open };
}

/**
 * Lets events that change nobody's identity take effect: facts first, in the order in which things happened, then
 * routing in the same order, then one write per table.
 *
 * @param read what was read behind the lock, while it is still so: nothing of the transaction has taken effect yet
 */
export async function acceptEvents(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { journeys, people, now, home }: AcceptContext,
  read?: Surroundings,
): Promise<void> {
  if (events.length === 0) return;
  const { identities, customers } = people;
  const { open, ...reading } =
    read ?? (await readSurroundings(trx, events, { identities, customers: [...customers.keys()] }));
  const knowledge = await readKnowledge(trx, events, { people, now, home, reading });
  const happened = events.flatMap((event) => applyEvent(knowledge, event));
  const board = await readBoard(trx, {
    journeys,
    open,
    candidates: candidatesAmong(happened, journeys),
    reviewed: new Map(knowledge.cartMoves.map((move) => [move.to, now - reviewedPast])),
  });
  const context = { journeys, board, now, customer: (id: string) => routedCustomer(knowledge, id) };
  for (const one of happened) {
    moveCarts(context, one.moves);
    route(context, one);
  }
  await goOnWhenSent(
    trx,
    Promise.all([
      keepEvents(trx, happened, now),
      writeKnowledge(trx, knowledge),
      writeBoard(trx, board, now),
    ]),
  );
  for (const customer of knowledge.customers.all()) people.customers.set(customer.id, customer);
}

/** No cart journey lives longer than a cart cycle may lie idle. */
const reviewedPast = 30 * 86_400_000;

function candidatesAmong(happened: readonly Happened[], journeys: JourneyBook): Candidate[] {
  return happened.flatMap(({ type, customer, fact, at, backfill }) =>
    customer === undefined || fact === undefined || backfill
      ? []
      : journeys.startingOn(type).map((journey) => ({ journey, customer, fact, at })),
  );
}

function routedCustomer({ customers }: Knowledge, id: string) {
  const customer = customers.get(id);
  return customer === undefined ? undefined : { id, state: customer.state, kind: customer.profile.kind };
}

/** A cart takes its journeys along, and they meet what their new owner has done since. */
function moveCarts(context: RoutingContext, moves: readonly CartMove[]): void {
  for (const move of moves) {
    context.board.move(move);
    const moved = context.board
      .openOf(move.to)
      .filter(({ fact }) => 'items' in fact && fact.cycle === move.cycle);
    sealOvertaken(context, moved);
  }
}

export async function writeBoard(trx: DatabaseTransaction, board: Board, now: Instant): Promise<void> {
  await Promise.all([
    insertEnrolments(trx, board.opened(), now),
    sealEnrolments(trx, board.sealed(), now),
    insertOutbox(trx, board.outbox(), now),
  ]);
}

export async function keepEvents(
  trx: DatabaseTransaction,
  happened: readonly Happened[],
  now: Instant,
): Promise<void> {
  const kept = happened.map((one) => ({ ...one, routing: one.notes }));
  await insertEvents(trx, kept, now);
}
