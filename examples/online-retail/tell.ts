import type { EventData, EventName, PerennialEvent } from '../../domain/events/catalogue.ts';
import { toIso, type Instant } from '../../domain/instant.ts';

/** An event as the gift shop would have sent it. */
export function tell<Name extends EventName>(
  id: string,
  type: Name,
  at: Instant,
  data: EventData<Name>,
  customerId?: string,
): PerennialEvent {
  const envelope = { id, type, occurredAt: toIso(at), source: 'online-retail', data, ...(customerId ? { customerId } : {}) };
  return envelope as PerennialEvent;
}

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
