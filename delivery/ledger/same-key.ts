import { ceilToSecond, type Instant } from '../../domain/instant.ts';
import type { AttemptRow } from './load-ledger-rows.ts';

/** A request must have arrived before the provider forgets the key, and our clocks differ a little. */
const marginMs = 60_000;
const firstWait = 5000;
const longestWait = 10 * 60_000;

/** An attempt in time. */
export interface AttemptInTime {
  readonly now: Instant;
  readonly usefulUntil: Instant;
  /** Of the attempt. */
  readonly startedAt: Instant;
  /** Of the connection: see `Channel`. */
  readonly idempotencyMs?: number;
  readonly attemptsBefore: readonly AttemptRow[];
}

/**
 * When class `keyed` asks again after an unknown outcome; nothing once the provider may have forgotten the key, or when it
 * never keeps any (providers reference 4.2). The window counts from the first request that may have arrived.
 */
export function nextUnderSameKey(about: AttemptInTime): Instant | undefined {
  const { idempotencyMs, attemptsBefore, startedAt, now, usefulUntil } = about;
  if (idempotencyMs === undefined) return undefined;
  const silent = attemptsBefore.filter(({ state }) => state === 'ambiguous');
  const until = ceilToSecond(now + Math.min(longestWait, firstWait * 2 ** silent.length));
  const first = silent[0]?.startedAt ?? startedAt;
  return until <= Math.min(first + idempotencyMs - marginMs, usefulUntil) ? until : undefined;
}

/**
 * Whether class `keyed` may make another request now by a connection. After one that may have arrived it may only go the
 * same way, while the key is remembered there: anywhere else it would be another message.
 */
export function isSafeUnderKey(
  attempts: readonly AttemptRow[],
  by: { readonly connection: string; readonly idempotencyMs?: number },
  now: Instant,
): boolean {
  const silent = attempts.filter(({ state }) => state === 'ambiguous');
  const [first] = silent;
  if (first === undefined) return true;
  const { connection, idempotencyMs = 0 } = by;
  const isSameWay = silent.every((attempt) => attempt.connection === connection);
  return isSameWay && now <= first.startedAt + idempotencyMs - marginMs;
}
