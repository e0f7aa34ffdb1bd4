import { eventCatalogue, isEventName, type EventName } from '../../domain/events/catalogue.ts';
import { PerennialError } from '../../domain/perennial-error.ts';

/** What a new journey is about, decided by the event that starts it. */
export interface JourneyStart {
  readonly event: EventName;
  /** What the story calls its fact, and the message its input. */
  readonly subject: 'cart' | 'order' | 'customer';
  /** The field of the fact that makes the key. */
  readonly keyField: 'cycle' | 'order' | 'customer';
  /** The first of them is the one that the test tries. */
  readonly endsOn: readonly EventName[];
}

const subjects = {
  cart: { keyField: 'cycle', endsOn: ['order.placed', 'cart.emptied', 'cart.superseded'] },
  order: { keyField: 'order', endsOn: ['order.cancelled', 'order.refunded'] },
  customer: { keyField: 'customer', endsOn: ['order.placed'] },
} as const satisfies Record<string, Pick<JourneyStart, 'keyField' | 'endsOn'>>;

/** They are the end of what a journey could be about. */
const ends = new Set<EventName>(['customer.erased', 'cart.emptied']);

/**
 * What a journey that starts on `event` is about.
 *
 * @throws PerennialError `event-unknown-type` for a word that is no event, `journey-invalid` for one after
 * which there is nobody to write to, or nothing to write about.
 */
export function journeyStartOf(event: string): JourneyStart {
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
      `A new journey cannot start on "${event}". It can start on: ${startingEvents().join(', ')}.`,
    );
  }
  const { keyField, endsOn } = subjects[subject];
  return { event, subject, keyField, endsOn: endsOn.filter((end) => end !== event) };
}

function startingEvents(): EventName[] {
  return Object.keys(eventCatalogue)
    .filter(isEventName)
    .filter((event) => subjectOf(event) !== undefined);
}

function subjectOf(event: EventName): JourneyStart['subject'] | undefined {
  const { fact, about, derived } = { derived: false, ...eventCatalogue[event] };
  if (about !== 'customer' || derived || ends.has(event)) return undefined;
  return fact === 'product' || fact === 'message' ? undefined : fact;
}
