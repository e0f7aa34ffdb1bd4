import type { Clock } from '../domain/instant.ts';

/** The clock of production. Worlds bring their own. */
export const systemClock: Clock = { now: () => Date.now() };
