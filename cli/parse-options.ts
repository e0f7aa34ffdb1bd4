import { InvalidArgumentError } from 'commander';
import { parseDuration, type Duration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';

/** `--at 2026-11-27T10:00:00Z`: an instant with its offset, so that nobody has to guess the zone. */
export function parseInstant(text: string): Instant {
  const shape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
  const instant = shape.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instant) || !isDay(text.slice(0, 10))) {
    throw new InvalidArgumentError(
      `"${text}" is not an instant. Write a day or a moment with its offset: 2026-11-27 or 2026-11-27T10:00:00Z.`,
    );
  }
  return instant;
}

/** 30 February is none: a `Date` would make 2 March of it. */
function isDay(day: string): boolean {
  const instant = Date.parse(day);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
}

/** `--ago '4 hours'`, in milliseconds. */
export function parseLength(text: string): number {
  try {
    return parseDuration(text as Duration);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number from 1.`);
  return Number(text);
}

/** Years that the calendar can reckon: since the Gregorian calendar's rules of the holidays hold, and as far as ICU knows the moon. */
export function parseYear(text: string): number {
  const year = /^\d{4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(year >= 1950 && year <= 2049)) {
    throw new InvalidArgumentError(`"${text}" is not a year between 1950 and 2049.`);
  }
  return year;
}
