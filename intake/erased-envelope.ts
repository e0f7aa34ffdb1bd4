import type { PerennialEvent } from '../domain/events/catalogue.ts';
import type { Happened } from './happening.ts';
import type { IncomingEvent } from './parse-event.ts';

/** What is kept of an event of a customer who is erased: that it was. The same as `eraseCustomer` leaves of earlier ones. */
export function erasedEnvelope({ id, type }: PerennialEvent): string {
  return JSON.stringify({ id, type, erased: true });
}

/** Such an event, as routing and the record of events take it. */
export function happenedWithoutWords(
  { event, at, fingerprint }: IncomingEvent,
  about: Pick<Happened, 'customer' | 'fact'>,
): Happened {
  return {
    ...about,
    id: event.id,
    type: event.type,
    at,
    backfill: event.backfill ?? false,
    isTest: event.test ?? false,
    envelope: erasedEnvelope(event),
    fingerprint,
    moves: [],
    notes: [],
  };
}
