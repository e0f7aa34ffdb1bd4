/** A moment on the time line, in epoch milliseconds. At the edges (HTTP, CLI, logs) it is written as ISO 8601 in UTC. */
export type Instant = number;

/** Where "now" comes from: the system in production, the world under virtual time. */
export interface Clock {
  now(): Instant;
}

/**
 * The instant as ISO 8601 in UTC, to the second when it is a whole second; parts of a millisecond are left out.
 *
 * @throws RangeError for what is no instant, as `Date` does
 */
export function toIso(instant: Instant): string {
  const whole = Math.trunc(instant);
  const minute = Math.floor(whole / minuteMs);
  const rest = String(whole - minute * minuteMs).padStart(5, '0');
  const part = rest.endsWith('000') ? '' : `.${rest.slice(2)}`;
  return `${minuteInWords(minute)}${rest.slice(0, 2)}${part}Z`;
}

const minuteMs = 60_000;
const mostMinutes = 100;
const minutes = new Map<number, string>();

/** `toISOString` is dear where thousands of instants are written down, and most of them are of the same few minutes. */
function minuteInWords(minute: number): string {
  const known = minutes.get(minute);
  if (known !== undefined) return known;
  if (minutes.size >= mostMinutes) minutes.clear();
  const words = new Date(minute * minuteMs).toISOString().slice(0, -'00.000Z'.length);
  minutes.set(minute, words);
  return words;
}

/** Deadlines are whole seconds, so that journeys that compete for one customer keep their order. */
export function floorToSecond(instant: Instant): Instant {
  return Math.floor(instant / 1000) * 1000;
}

/** When something that waits may go on: never before the instant, on a whole second. */
export function ceilToSecond(instant: Instant): Instant {
  return Math.ceil(instant / 1000) * 1000;
}
