import type { Instant } from '../domain/instant.ts';
import { identityKey, pointIdentity, type Identity, type IdentityMap } from '../store/customer-identities.ts';
import { lockCustomers } from '../store/customers.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import { eraseCustomer } from '../store/erase-customer.ts';
import { loadOpenEnrolments } from '../store/enrolments.ts';
import { mergeCustomers } from '../store/merge-customers.ts';
import { acceptEvents, keepEvents, writeBoard, type AcceptContext } from './accept-events.ts';
import type { Board, BoardEnrolment } from './board.ts';
import { happenedWithoutWords } from './erased-envelope.ts';
import { applyEvent, customerIdOf } from './facts/apply-event.ts';
import { aboutCart, silenceOlderCarts } from './facts/cart-facts.ts';
import { derive } from './facts/derive.ts';
import type { Happened } from './happening.ts';
import type { JourneyBook } from './journey-book.ts';
import type { People } from './lock-people.ts';
import type { IncomingEvent } from './parse-event.ts';
import { readBoard } from './read-board.ts';
import { readKnowledge, readRecords } from './read-knowledge.ts';
import { route, sealOvertaken } from './routing.ts';
import { writeKnowledge } from './write-knowledge.ts';

/** What an event does to who is who; `undefined` for events that leave it as it is. */
export type IdentityChange =
  | { readonly kind: 'merge'; readonly from: string; readonly into: string }
  | { readonly kind: 'hand-over'; readonly anonymousId: string; readonly to: string }
  | { readonly kind: 'erase'; readonly customer: string };

/**
 * A guest who says who they are is merged into the customer. A device whose last user was somebody else with a name of
 * their own is handed over: two people who share it stay two people.
 */
export function identityChangeOf(
  { event }: IncomingEvent,
  { identities, customers }: People,
): IdentityChange | undefined {
  if (event.type === 'customer.merged') {
    const [from, into] = [
      ownerOf(identities, 'external', event.data.from),
      ownerOf(identities, 'external', event.data.into),
    ];
    return from === undefined || into === undefined || from === into
      ? undefined
      : { kind: 'merge', from, into };
  }
  if (event.type === 'customer.identified') {
    const { anonymousId, customerId } = event.data;
    const [guest, into] = [
      ownerOf(identities, 'anonymous', anonymousId),
      ownerOf(identities, 'external', customerId),
    ];
    if (guest === undefined || into === undefined || guest === into) return undefined;
    const isGuest = customers.get(guest)?.externalId === null;
    return isGuest ? { kind: 'merge', from: guest, into } : { kind: 'hand-over', anonymousId, to: into };
  }
  if (event.type !== 'customer.erased') return undefined;
  const customer = customerIdOf(identities, event);
  return customer === undefined ? undefined : { kind: 'erase', customer };
}

function ownerOf(identities: IdentityMap, kind: Identity['kind'], value: string): string | undefined {
  return identities.get(identityKey({ kind, value }));
}

/** Lets one event that changes who is who take effect, before any event after it is looked at. */
export async function acceptIdentityEvent(
  trx: DatabaseTransaction,
  event: IncomingEvent,
  { change, ...context }: AcceptContext & { change: IdentityChange },
): Promise<void> {
  switch (change.kind) {
    case 'merge':
      return acceptMerge(trx, event, { ...context, ...change });
    case 'hand-over': {
      const { anonymousId, to } = change;
      await pointIdentity(trx, { kind: 'anonymous', value: anonymousId }, to);
      context.people.identities.set(identityKey({ kind: 'anonymous', value: anonymousId }), to);
      return acceptEvents(trx, [event], context);
    }
    case 'erase':
      return acceptErasure(trx, event, { ...context, customer: change.customer });
    default:
      return change satisfies never;
  }
}

async function acceptMerge(
  trx: DatabaseTransaction,
  event: IncomingEvent,
  { from, into, journeys, people, now, home }: AcceptContext & { from: string; into: string },
): Promise<void> {
  await mergeCustomers(trx, { from, into, at: event.at, event: event.event.id });
  await mergePeople(trx, people, { from, into });
  const { identities } = people;
  const reading = await readRecords(trx, [event], { identities, cartsOf: [into] });
  const knowledge = await readKnowledge(trx, [event], { people, now, home, reading });
  const happened = applyEvent(knowledge, event);
  const [cause] = happened;
  if (cause === undefined) return;
  const derived = silenceOlderCarts(knowledge, into).map((one) => derive(cause, aboutCart(one)));
  const board = await readBoard(trx, {
    journeys,
    open: await loadOpenEnrolments(trx, [into]),
    candidates: [],
    reviewed: new Map([[into, beginning]]),
  });
  const customer = knowledge.customers.get(into);
  const routed = customer && { id: into, state: customer.state, kind: customer.profile.kind };
  const context = { journeys, board, now, customer: () => routed };
  closeDuplicates(board, journeys, cause, into);
  sealOvertaken(context, board.openOf(into));
  for (const one of [...happened, ...derived]) route(context, one);
  await writeKnowledge(trx, knowledge);
  await writeBoard(trx, board, now);
  await keepEvents(trx, [...happened, ...derived], now);
}

/** Everything a customer has done may have ended what the other was in. */
const beginning: Instant = 0;

async function mergePeople(
  trx: DatabaseTransaction,
  people: People,
  { from, into }: { from: string; into: string },
): Promise<void> {
  for (const [name, customer] of people.identities) if (customer === from) people.identities.set(name, into);
  for (const [id, record] of await lockCustomers(trx, [from, into])) people.customers.set(id, record);
  for (const [id, delivery] of people.deliveries) {
    if (delivery.customer === from) people.deliveries.set(id, { ...delivery, customer: into });
  }
}

/** One person in one journey twice: the earlier entry goes on. */
function closeDuplicates(board: Board, journeys: JourneyBook, cause: Happened, customer: string): void {
  const seen = new Set<string>();
  const oldestFirst = board.openOf(customer).sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const enrolment of oldestFirst) {
    const isOnceEver = journeys.of(enrolment)?.definition.reentry === 'once-ever';
    const passage = isOnceEver ? enrolment.journey : `${enrolment.journey} ${enrolment.key}`;
    if (seen.has(passage)) sealBy(board, enrolment, cause);
    seen.add(passage);
  }
}

function sealBy(board: Board, enrolment: BoardEnrolment, cause: Happened): void {
  board.seal(enrolment, { by: cause.id, reason: cause.type });
  board.tell({
    enrolment: enrolment.id,
    kind: 'signal',
    event: cause.id,
    payload: { event: cause.type, fact: cause.fact, at: cause.at, ends: true },
  });
  cause.notes.push({ journey: enrolment.journey, effect: 'sealed', enrolment: enrolment.id });
}

/** Nothing is sent to somebody who asked to be forgotten, whatever the journey says. */
async function acceptErasure(
  trx: DatabaseTransaction,
  incoming: IncomingEvent,
  { customer, journeys, people, now }: AcceptContext & { customer: string },
): Promise<void> {
  const { at } = incoming;
  const board = await readBoard(trx, {
    journeys,
    open: await loadOpenEnrolments(trx, [customer]),
    candidates: [],
    reviewed: new Map(),
  });
  const happened = happenedWithoutWords(incoming, { customer, fact: { customer, at } });
  for (const enrolment of board.openOf(customer)) sealBy(board, enrolment, happened);
  await writeBoard(trx, board, now);
  await eraseCustomer(trx, customer, at);
  await keepEvents(trx, [happened], now);
  for (const [name, owner] of people.identities) if (owner === customer) people.identities.delete(name);
}
