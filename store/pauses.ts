import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database } from './database.ts';

/** What is held back: everything, one journey, or one channel. `everything` is called `all`. */
export interface PauseTarget {
  readonly scope: 'everything' | 'journey' | 'channel';
  readonly name: string;
}

/** Holds it back from the next message on. Safe to repeat: the first pause and its reason stay. */
export async function pause(
  db: Database,
  { scope, name, reason, now }: PauseTarget & { readonly reason?: string; readonly now: Instant },
): Promise<void> {
  await db
    .insertInto('pauses')
    .values({ scope, name, paused_at: timestamp(now), reason: reason ?? null })
    .onConflict((conflict) => conflict.columns(['scope', 'name']).doNothing())
    .execute();
}

/** Lets it go again. False when it was not paused. */
export async function resume(db: Database, { scope, name }: PauseTarget): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('pauses')
    .where('scope', '=', scope)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
