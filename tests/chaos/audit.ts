import type { ChannelName } from '../../domain/channel-name.ts';
import type { DeliveryState } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DeliveryClass, Purpose } from '../../domain/message.ts';

/** A message that a provider has taken, by its own log. */
export interface Taken {
  readonly sendId: string | undefined;
  readonly connection: string;
  /** Wall time. */
  readonly at: Instant;
}

/** A row of the ledger. */
export interface Booked {
  readonly id: string;
  readonly sendKey: string;
  readonly class: DeliveryClass;
  readonly purpose: Purpose;
  readonly channel: ChannelName | null;
  readonly connection: string | null;
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** Requests of it whose answer nobody saw, also those that were proven since. */
  readonly lostAnswers: number;
  /** Wall time of the commit of the suppression, if there is one. */
  readonly suppressedAt: Instant | null;
  readonly timeZone: string;
}

export interface Books {
  readonly requested: readonly string[];
  readonly taken: readonly Taken[];
  readonly rows: readonly Booked[];
  /** Ids of the rows that `perennial deliveries unknown` lists. */
  readonly listed: readonly string[];
}

/** How long after its point of no return a message may still be on its way, in milliseconds: the lease of `send-shop.ts`. */
const inFlightMs = 6000;

/**
 * Compares what providers have with what the ledger says, by the invariants I1 to I7 of the providers reference (4.4),
 * and I8: nothing went by a connection that its row does not name. Knows nothing of how either came about.
 */
export function audit({ requested, taken, rows, listed }: Books): readonly string[] {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const timesTaken = new Map<string, number>();
  for (const { sendId = '' } of taken) timesTaken.set(sendId, (timesTaken.get(sendId) ?? 0) + 1);
  const isListed = new Set(listed);
  const violations: string[] = [];
  const find = (invariant: string, id: string, what: string) =>
    violations.push(`${invariant} ${id}: ${what}`);

  for (const row of rows) {
    const times = timesTaken.get(row.id) ?? 0;
    if (row.class !== 'must' && times > 1) find('I1', row.id, `${row.class} was taken ${times} times`);
    const isLost = times === 0 && row.reason === null && !isListed.has(row.id);
    if (row.class === 'must' && isLost) find('I2', row.id, `${row.state}, and no provider has it`);
    if (row.class === 'must' && times > 1 + Math.min(1, row.lostAnswers))
      find('I3', row.id, `taken ${times} times`);
    if (row.state === 'accepted' && times === 0) find('I4', row.id, 'accepted, and no provider has it');
    if (row.state === 'unknown' && !isListed.has(row.id)) find('I7', row.id, 'unknown and not listed');
    if (row.state === 'sending') find('I7', row.id, 'neither settled nor listed');
    if (row.state === 'deferred' && row.reason !== 'quiet-hours')
      find('I7', row.id, `waits for ${row.reason}`);
  }
  for (const { sendId, connection, at } of taken) {
    const row = rowOf.get(sendId ?? '');
    if (row === undefined) {
      find('I4', sendId ?? 'no id', 'a provider has it and the ledger does not');
      continue;
    }
    if (row.suppressedAt !== null && at > row.suppressedAt + inFlightMs)
      find('I5', row.id, 'after its suppression');
    if (row.purpose === 'marketing' && row.channel !== 'email' && isNight(at, row.timeZone)) {
      find('I6', row.id, `at night in ${row.timeZone}`);
    }
    if (row.connection !== connection)
      find('I8', row.id, `by ${connection}, and the ledger says ${row.connection}`);
  }
  const booked = new Set(rows.map(({ sendKey }) => sendKey));
  for (const sendKey of requested)
    if (!booked.has(sendKey)) find('I7', sendKey, 'asked for and not in the ledger');
  return violations;
}

/** Outside 10:00 to 20:00, by the machine's own calendar. */
function isNight(at: Instant, timeZone: string): boolean {
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(at),
  );
  return hour < 10 || hour >= 20;
}
