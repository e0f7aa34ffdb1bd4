import type { PerennialEvent } from '../domain/events/catalogue.ts';

/** What is kept of an event of a customer who is erased: that it was. The same as `eraseCustomer` leaves of earlier ones. */
export function erasedEnvelope({ id, type }: PerennialEvent): object {
  return { id, type, erased: true };
}
