/** A moment on the time line, in epoch milliseconds. At the edges (HTTP, CLI, logs) it is written as ISO 8601 in UTC. */
export type Instant = number;

/** Where "now" comes from: the system in production, the world under virtual time. */
export interface Clock {
  now(): Instant;
}

/** The instant as ISO 8601 in UTC, to the second when it is a whole second. */
export function toIso(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return instant % 1000 === 0 ? `${text.slice(0, -'.000Z'.length)}Z` : text;
}

/** Deadlines are whole seconds, so that journeys that compete for one customer keep their order. */
export function floorToSecond(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}

/** When something that waits may go on: never before the instant, on a whole second. */
export function ceilToSecond(instant: Instant): Instant {
  return Math.ceil(instant / 1000) * 1000;
}
