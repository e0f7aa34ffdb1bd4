import type { Instant } from '../../domain/instant.ts';

const minute = 60_000;

/** After the request, by providers reference 4.3. A log may lag, and what it lacks after a day it will never have. */
const lookUpAfter = [minute, 5 * minute, 15 * minute, 60 * minute, 24 * 60 * minute];

/** How long receipts of a message that was taken are waited for before its provider is asked. */
export const silenceMs = 15 * minute;

/** When the provider is asked next about a request; nothing when it has been asked often enough. */
export function nextLookUpAt(requestedAt: Instant, now: Instant): Instant | undefined {
  return lookUpAfter.map((after) => requestedAt + after).find((instant) => instant > now);
}
