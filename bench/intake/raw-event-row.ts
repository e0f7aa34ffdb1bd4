import { createHash } from 'node:crypto';
import type { TrafficEvent } from './shop-traffic.ts';

/** What a plain insert of an event needs. */
export function createEventRow(event: TrafficEvent) {
  const envelope = JSON.stringify(event);
  return {
    id: event.id,
    type: event.type,
    at: event.occurredAt,
    envelope,
    fingerprint: createHash('sha256').update(envelope).digest(),
  };
}
