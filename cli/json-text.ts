import { toIso } from '../domain/instant.ts';

/**
 * How a field is called that holds an instant: `at`, `openedAt`, `usefulUntil`, `since`, and when something comes next.
 * Nothing else that is a number is called so.
 */
const instantName = /^(at|until|since|nextDue|nextDeferred)$|(At|Until|Since)$/;

/** A result as JSON. Instants leave as ISO 8601 in UTC, whichever command prints them: who reads it need not know our epoch. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (name, field: unknown) => (instantName.test(name) ? isoIn(field) : field), 2);
}

function isoIn(field: unknown): unknown {
  if (Array.isArray(field)) return field.map(isoIn);
  return typeof field === 'number' ? toIso(field) : field;
}
