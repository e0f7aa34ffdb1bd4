import { PerennialError } from './perennial-error.ts';

const millisecondsPer = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
} as const;

type Unit = keyof typeof millisecondsPer;

/** A length of time in words: `'4 hours'`, `'1 day'`, `'90 minutes'`. Always 24 hours a day; local days are a matter of zones. */
export type Duration = `${number} ${Unit | `${Unit}s`}`;

/** Durations are words in definitions, so there are few, and gates read them for every message. */
const known = new Map<Duration, number>();

const shape = /^(\d{1,6}) (second|minute|hour|day|week)s?$/;

/**
 * The length of `duration` in milliseconds.
 *
 * @throws PerennialError `duration-invalid` for anything but a whole positive number and a unit: the type alone would
 * also take `'-4 hours'` and `'1e3 days'`.
 */
export function parseDuration(duration: Duration): number {
  const before = known.get(duration);
  if (before !== undefined) return before;
  const length = lengthOf(duration);
  known.set(duration, length);
  return length;
}

function lengthOf(duration: Duration): number {
  const [, count, unit] = shape.exec(duration) ?? [];
  if (count === undefined || unit === undefined || Number(count) === 0) {
    throw new PerennialError(
      'duration-invalid',
      `"${duration}" is not a duration. Write a whole number and a unit, such as "30 minutes", "4 hours" or "7 days".`,
    );
  }
  return Number(count) * millisecondsPer[unit as Unit];
}
