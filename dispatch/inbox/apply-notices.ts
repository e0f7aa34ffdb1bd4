import type { Clock } from '../../domain/instant.ts';
import { isToldBefore, tellOnce } from '../../intake/tell-once.ts';
import type { Database } from '../../store/database.ts';
import { keepInbound } from '../../store/inbound.ts';
import { recordArrivals } from '../../store/record-arrivals.ts';
import { sayStopWord } from '../../store/stop-words.ts';
import type { Effect, InboxEvent } from './effect.ts';
import { effectOfReceipt } from './effect-of-receipt.ts';
import { effectOfReply } from './effect-of-reply.ts';
import { markApplied, type InboxRow } from './inbox-rows.ts';
import type { NoticeOutcome } from './notice-outcome.ts';
import { findSentMessages } from './sent-messages.ts';

export interface ApplyDependencies {
  readonly db: Database;
  readonly intake: { accept(events: readonly unknown[]): Promise<unknown> };
  readonly clock: Clock;
}

/**
 * Lets notices take effect and marks them, all or none: on a failure whatever was done is done again later, which is
 * harmless. People come first: an opt-out must not wait for the counting of deliveries.
 */
export async function applyNotices(
  dependencies: ApplyDependencies,
  rows: readonly InboxRow[],
): Promise<void> {
  const { db, intake, clock } = dependencies;
  const effects = await effectsOf(dependencies, rows);
  const all = [...effects.values()];
  for (const word of all.flatMap((effect) => effect.stopWords ?? [])) await sayStopWord(db, word);
  await tell(
    intake,
    all.flatMap((effect) => effect.events ?? []),
  );
  for (const { inbound } of all) if (inbound !== undefined) await keepInbound(db, inbound);
  await recordArrivals(
    db,
    all.flatMap((effect) => effect.arrival ?? []),
    clock.now(),
  );
  const outcomes = new Map<string, NoticeOutcome>([...effects].map(([id, { outcome }]) => [id, outcome]));
  await markApplied(db, outcomes, clock.now());
}

async function effectsOf(
  { db }: ApplyDependencies,
  rows: readonly InboxRow[],
): Promise<ReadonlyMap<string, Effect>> {
  const sent = await findSentMessages(
    db,
    rows.flatMap(({ notice }) => notice.sendId ?? []),
  );
  const effects = new Map<string, Effect>();
  for (const row of rows) {
    const { notice } = row;
    effects.set(
      row.id,
      notice.kind === 'inbound'
        ? await effectOfReply(row, notice, { db })
        : await effectOfReceipt(row, sent.get(notice.sendId ?? ''), { db }),
    );
  }
  return effects;
}

/** One transaction of intake, well below what it takes in a call. */
const eventsAtOnce = 200;

/** An event that was told before under the same id may read differently by now: its customer was merged in between. */
async function tell(intake: ApplyDependencies['intake'], events: readonly InboxEvent[]): Promise<void> {
  for (let first = 0; first < events.length; first += eventsAtOnce) {
    const together = events.slice(first, first + eventsAtOnce);
    try {
      await intake.accept(together);
    } catch (error) {
      if (!isToldBefore(error)) throw error;
      for (const event of together) await tellOnce(intake, [event]);
    }
  }
}
