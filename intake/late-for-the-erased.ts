import type { Instant } from '../domain/instant.ts';
import { identityKey } from '../store/customer-identities.ts';
import { happenedWithoutWords } from './erased-envelope.ts';
import { externalIdOf } from './facts/apply-event.ts';
import type { Happened } from './happening.ts';
import type { IncomingEvent } from './parse-event.ts';

/**
 * Parts events about people as they were before they were erased from the others. A shop that sends again what had failed
 * must not bring anybody back who asked to be forgotten; what happens after the erasure is somebody new's.
 */
export function setLateAside(
  events: readonly IncomingEvent[],
  erasures: ReadonlyMap<string, Instant>,
): { readonly present: readonly IncomingEvent[]; readonly late: readonly IncomingEvent[] } {
  if (erasures.size === 0) return { present: events, late: [] };
  const isLate = ({ event, at }: IncomingEvent) => at < (erasures.get(ownersName(event)) ?? at);
  return { present: events.filter((event) => !isLate(event)), late: events.filter(isLate) };
}

/** The customer id has the last word over the anonymous one. */
function ownersName(event: IncomingEvent['event']): string {
  const external = externalIdOf(event);
  if (external !== undefined) return identityKey({ kind: 'external', value: external });
  return identityKey({ kind: 'anonymous', value: event.anonymousId ?? '' });
}

/** What is kept of it: that it was, so that it is a duplicate when it comes again. It is nobody's, and has no effect. */
export function keptForNobody(incoming: IncomingEvent): Happened {
  return happenedWithoutWords(incoming, { customer: undefined, fact: undefined });
}
