import type { EventName } from '../domain/events/catalogue.ts';
import type { Happening } from '../domain/journey.ts';

/** What a run has been told and its story has not taken yet. */
export interface Mailbox {
  /** Keeps a happening for later; false when it was told before (the dispatcher tells at least once). */
  accept(happening: Happening): boolean;
  /** The oldest happening of that name, which then leaves the box. */
  take(event: EventName): Happening | undefined;
  /** Those of that name that are waiting, oldest first; they stay in the box. */
  waiting(event: EventName): readonly Happening[];
}

/** Keeps what arrives early: a story that comes to wait for a reply finds the one that was there before it. */
export function createMailbox(): Mailbox {
  const told = new Set<string>();
  const waiting: Happening[] = [];
  return {
    accept(happening) {
      if (told.has(happening.outboxId)) return false;
      told.add(happening.outboxId);
      waiting.push(happening);
      return true;
    },
    take(event) {
      const index = waiting.findIndex((happening) => happening.event === event);
      return index === -1 ? undefined : waiting.splice(index, 1)[0];
    },
    waiting: (event) => waiting.filter((happening) => happening.event === event),
  };
}
