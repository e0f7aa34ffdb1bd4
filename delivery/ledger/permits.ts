import { setTimeout as sleep } from 'node:timers/promises';
import type { RateLimit } from '../../domain/rate-limits.ts';
import type { Database } from '../../store/database.ts';
import { reservePermits, type PermitRequest } from './reserve-permits.ts';

/**
 * Leave to make one request, within a short time. Its instants are this process's `performance.now()`, which neither
 * jumps nor runs backwards.
 */
export interface Permit {
  /** Not earlier. */
  readonly from: number;
  /** Not later either: it is void then, and another one is needed. */
  readonly until: number;
}

export interface Permits {
  /** False for a connection without a limit: it needs no permits. */
  limits(connection: string): boolean;
  /**
   * Up to `wanted` permits that lie close together, as soon as it is time to cross the point of no return
   * with them. None when there were none in time.
   */
  take(connection: string, wanted: number, manners: Manners): Promise<readonly Permit[]>;
  /** Tells how long the point of no return took, in milliseconds: permits that come next begin so much later. */
  noteCrossing(tookMs: number): void;
}

/**
 * How one waits. `queue`: a place in the line, at once. `yield`: only what nobody in the line wants within the time of
 * one batch, so that a campaign that uses up the limit costs a journey's message a quarter of a second.
 */
export type Manners = 'queue' | 'yield';

/** How long a message of a journey waits, in milliseconds; its activity must end within 30 seconds. */
const patienceInLine = 8_000;
/** How long a list waits for each of its batches, in milliseconds: its words were written before, and others wait for its end. */
const patienceOfLists = 10_000;
/** From a permit to its use, in milliseconds. */
const useWithin = 90;
/** From its use to the provider, in milliseconds: what may differ between one request and the next. */
const wayToProvider = 110;
/** D of the design (section 7): in a window of one second, permits of one second and D can meet at most. */
const spread = useWithin + wayToProvider;
/** The permits of one batch lie within so many milliseconds, so a message leaves that soon after its point of no return. */
const span = 175;
/** What crossing the point of no return is expected to take, in milliseconds; a busy database takes longer. */
const quickestCrossing = 75;
const slowestCrossing = 1000;

export interface PermitsOptions {
  readonly db: Database;
  /** By connection. */
  readonly limits: Readonly<Record<string, RateLimit | undefined>>;
}

/**
 * Exact rate limits over all processes (generic cell rate algorithm): no window of one second sees more requests of a
 * connection than its limit. Permits are reserved in one short statement by the database's clock; nothing is locked, and
 * nobody spins, while one is waited for.
 */
export function createPermits({ db, limits }: PermitsOptions): Permits {
  let crossing = quickestCrossing;

  /** A slow one counts at once, and is forgotten over the next few. */
  function noteCrossing(tookMs: number): void {
    crossing = clamp(Math.max(1.2 * tookMs, 0.8 * crossing));
  }

  async function take(connection: string, wanted: number, manners: Manners): Promise<readonly Permit[]> {
    const limit = limits[connection];
    if (limit === undefined) throw new Error(`${connection} has no limit`);
    const givesUpAt = performance.now() + (manners === 'queue' ? patienceInLine : patienceOfLists);
    for (;;) {
      const lead = crossing;
      const request = requestOf({ connection, limit, wanted, manners, lead });
      const asked = performance.now();
      const { granted, firstInMs } = await reservePermits(db, request);
      const answered = performance.now();
      if (granted > 0) {
        await sleepUntil(asked + firstInMs - lead);
        // The database looked at its clock some time between question and answer: the later moment tells when a permit
        // begins, the earlier one when it ends.
        return Array.from({ length: granted }, (_, index) => {
          const at = firstInMs + (index * request.spacingUs) / 1000;
          return { from: answered + at, until: asked + at + useWithin };
        });
      }
      const pause = pauseFor(request, firstInMs);
      if (manners === 'queue' || performance.now() + pause > givesUpAt) return [];
      await sleep(pause);
    }
  }

  return { limits: (connection) => limits[connection] !== undefined, take, noteCrossing };
}

function clamp(ms: number): number {
  return Math.min(slowestCrossing, Math.max(quickestCrossing, ms));
}

interface Wish {
  readonly connection: string;
  readonly limit: RateLimit;
  readonly wanted: number;
  readonly manners: Manners;
  /** What crossing takes: the first permit begins after it. */
  readonly lead: number;
}

function requestOf({ connection, limit, wanted, manners, lead }: Wish): PermitRequest {
  const spacingUs = Math.ceil(((1000 + spread) * 1000) / limit.perSecond);
  const room = 1 + Math.floor((span * 1000) / spacingUs);
  const most = Math.min(wanted, room);
  return {
    connection,
    spacingUs,
    most,
    // Half of a batch is worth its transaction; a permit at a time would be one transaction for each message.
    least: manners === 'queue' ? 1 : Math.min(most, Math.ceil(room / 2)),
    soonestMs: lead,
    latestMs: manners === 'queue' ? patienceInLine : lead + span,
    spanMs: span,
  };
}

/** Until there may be enough for a batch, and a little more, so that those who wait do not all come at the same moment. */
function pauseFor({ least, spacingUs, latestMs }: PermitRequest, firstInMs: number): number {
  const enoughIn = firstInMs + ((least - 1) * spacingUs) / 1000 - latestMs;
  return Math.max(5, enoughIn) + Math.random() * 20;
}

/** Timers of Node may be a moment early, and a permit may not. */
export async function sleepUntil(instant: number): Promise<void> {
  for (;;) {
    const left = instant - performance.now();
    if (left <= 0) return;
    await sleep(Math.ceil(left));
  }
}
