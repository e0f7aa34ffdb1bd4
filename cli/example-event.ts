import { eventCatalogue, isEventName, type EventName } from '../domain/events/catalogue.ts';
import { eventToSendFor, sentEvents } from '../domain/events/sent-events.ts';
import { toIso, type Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';

/** An event as a shop could send it. */
export interface ExampleEvent {
  readonly id: string;
  readonly type: EventName;
  readonly occurredAt: string;
  readonly customerId?: string;
  readonly data: object;
}

/**
 * A valid event of a kind, to start from. Its customer lives where this machine is, so that their night is not in the middle
 * of the reader's day.
 *
 * @param at when it happened
 * @throws PerennialError `event-unknown-type` for a name that is none, or of an event that cannot be sent
 */
export function exampleEvent(name: string, at: Instant): ExampleEvent {
  const type = sendableOf(name);
  const { example, about } = eventCatalogue[type];
  const occurredAt = toIso(at);
  return {
    // Another moment is another happening.
    id: `example-${type}-${occurredAt}`,
    type,
    occurredAt,
    ...(about === 'customer' ? { customerId: 'c-1001' } : {}),
    data: 'timeZone' in example ? { ...example, timeZone: zoneOfMachine() } : example,
  };
}

function sendableOf(name: string): EventName {
  if (!isEventName(name))
    throw unknownType(`There is no event "${name}". Known are: ${sentEvents().join(', ')}.`);
  const toSend = eventToSendFor(name);
  if (toSend !== name) throw unknownType(`"${name}" follows from "${toSend}"; send that.`);
  return name;
}

function unknownType(sentence: string): PerennialError {
  return new PerennialError('event-unknown-type', sentence);
}

function zoneOfMachine(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
