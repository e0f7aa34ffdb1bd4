import { eventCatalogue, isEventName, type EventName } from './catalogue.ts';
import type { EventDefinition } from './define-event.ts';

/** The events that a shop can send; intake derives the others. */
export function sentEvents(): EventName[] {
  return Object.keys(eventCatalogue)
    .filter(isEventName)
    .filter((name) => eventToSendFor(name) === name);
}

/** The event itself or, for one that intake derives, the one from which it follows. */
export function eventToSendFor(name: EventName): EventName {
  const { derived }: EventDefinition = eventCatalogue[name];
  return derived !== undefined && isEventName(derived) ? derived : name;
}
