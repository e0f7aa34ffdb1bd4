import { eventCatalogue, isEventName, type EventName } from '../../domain/events/catalogue.ts';
import type { FactKind } from '../../domain/facts.ts';
import { PerennialError } from '../../domain/perennial-error.ts';

/** What a new journey is about, decided by the event that starts it. */
export interface JourneyOutline {
  readonly event: EventName;
  /** What the story calls its fact, and the message its input. */
  readonly subject: Subject['name'];
  /** The field of the fact that makes the key. */
  readonly keyField: Subject['keyField'];
  /** The first of them is the one that the test tries. */
  readonly endsOn: readonly EventName[];
}

/** By the kind of fact; a fact about anything else has nobody to write to. */
const subjects = {
  cart: { name: 'cart', keyField: 'cycle', endsOn: ['order.placed', 'cart.emptied', 'cart.superseded'] },
  order: { name: 'order', keyField: 'order', endsOn: ['order.cancelled', 'order.refunded'] },
  parcel: { name: 'parcel', keyField: 'shipment', endsOn: ['return.opened', 'order.refunded'] },
  // "return" is a word of the language.
  return: { name: 'goodsBack', keyField: 'return', endsOn: ['return.closed', 'order.refunded'] },
  feedback: { name: 'feedback', keyField: 'order', endsOn: ['order.refunded'] },
  review: { name: 'review', keyField: 'customer', endsOn: ['complaint.opened'] },
  complaint: { name: 'complaint', keyField: 'complaint', endsOn: ['order.refunded'] },
  customer: { name: 'customer', keyField: 'customer', endsOn: ['order.placed'] },
} as const satisfies { readonly [Kind in FactKind]?: object };

type Subject = (typeof subjects)[keyof typeof subjects];

/** They are the end of what a journey could be about. */
const ends = new Set<EventName>(['customer.erased', 'cart.emptied', 'cart.superseded']);

/**
 * What a journey that starts on `event` is about.
 *
 * @throws PerennialError `event-unknown-type` for a word that is no event, `journey-invalid` for one after
 * which there is nobody to write to, or nothing to write about.
 */
export function outlineOf(event: string): JourneyOutline {
  if (!isEventName(event)) {
    throw new PerennialError(
      'event-unknown-type',
      `There is no event "${event}". A journey can start on: ${startingEvents().join(', ')}.`,
    );
  }
  const subject = subjectOf(event);
  if (subject === undefined) {
    throw new PerennialError(
      'journey-invalid',
      `A new journey cannot start on "${event}": ${whyNot(event)}. It can start on: ${startingEvents().join(', ')}.`,
    );
  }
  const { name, keyField, endsOn } = subject;
  return { event, subject: name, keyField, endsOn: endsOn.filter((end) => end !== event) };
}

function whyNot(event: EventName): string {
  const { fact, about } = eventCatalogue[event];
  if (fact === 'message') return 'a message that somebody answers was sent by another journey';
  if (ends.has(event)) return 'after it there is nothing left to write about';
  return about === 'customer' ? 'it is about a thing of the shop' : 'it does not say to whom to write';
}

function startingEvents(): EventName[] {
  return Object.keys(eventCatalogue)
    .filter(isEventName)
    .filter((event) => subjectOf(event) !== undefined);
}

function subjectOf(event: EventName): Subject | undefined {
  const { fact, about } = eventCatalogue[event];
  if (about !== 'customer' || ends.has(event)) return undefined;
  return fact === 'product' || fact === 'message' ? undefined : subjects[fact];
}
