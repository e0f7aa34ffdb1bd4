import { isTold } from '../../domain/arrival.ts';
import type { Database } from '../../store/database.ts';
import type { Notice } from '../channels/receipts.ts';
import { connectionOf, questionsAtOnce } from './ask-provider.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { loadLedgerRows, type LedgerRow } from './load-ledger-rows.ts';
import { nextLookUpAt } from './look-up-plan.ts';
import {
  closeLookUp,
  findDueLookUps,
  forgetSettled,
  noteLookUp,
  type LookUp,
  type LookUpAnswer,
} from './look-ups.ts';
import { settleBySearch } from './settle.ts';
import { sideBySide } from './side-by-side.ts';
import { QuestionGivenUp } from './stoppable-questions.ts';

export type Tell = (connection: string, notices: readonly Notice[]) => Promise<void>;

const pageSize = 50;
/** After a provider that could not be reached, in milliseconds. */
const soonAgainMs = 5 * 60_000;

/** Asks providers about everything whose time has come, until it is told to stop: what is open then keeps its time. */
export async function askAboutDue(
  db: Database,
  setting: LedgerSetting,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const due = await findDueLookUps(db, { now: setting.clock.now(), limit: pageSize });
    const rows = await loadLedgerRows(
      db,
      due.map(({ sendKey }) => sendKey),
    );
    const askOne = async (lookUp: LookUp) => {
      const row = rows.get(lookUp.sendKey);
      const answer = row === undefined ? 'settled' : await ask(lookUp, row).catch(answerOfFailure);
      if (answer !== undefined) await note(lookUp, answer);
    };
    await sideBySide(due, askOne, { atOnce: questionsAtOnce, signal });
    if (signal.aborted) return;
    if (due.length < pageSize) return forgetSettled(db);
  }

  function ask(lookUp: LookUp, row: LedgerRow): Promise<LookUpAnswer> {
    return row.state === 'accepted' ? askForArrival(lookUp, row) : askForAcceptance(lookUp, row);
  }

  async function askForAcceptance(lookUp: LookUp, row: LedgerRow): Promise<LookUpAnswer> {
    const open = row.attempts.findLast(({ state }) => state === 'ambiguous' || state === 'sending');
    if (open === undefined) return 'settled';
    // Its worker may still be at it, or it is settled when its lease is over.
    if (open.state === 'sending') return 'not-found';
    if (connectionOf(open, setting)?.lookUp === undefined) return 'cannot-be-asked';
    const outcome = await settleBySearch(db, row, lookUp, setting);
    return outcome === undefined ? 'not-found' : 'found';
  }

  async function askForArrival(lookUp: LookUp, row: LedgerRow): Promise<LookUpAnswer> {
    const taken = row.attempts.findLast(({ state }) => state === 'accepted');
    const channel = taken === undefined ? undefined : connectionOf(taken, setting);
    const { providerId } = lookUp;
    if (isTold(lookUp.arrival) || channel?.readStatus === undefined || providerId === null) return 'settled';
    const notice = await channel.readStatus({ sendId: row.id, providerId, now: setting.clock.now() });
    if (notice === undefined) return 'not-reached';
    await tell(channel.connection, [notice]);
    return 'found';
  }

  /** Whatever was found is looked at once more: an acceptance has an arrival to come. */
  async function note(lookUp: LookUp, answer: LookUpAnswer): Promise<void> {
    const now = setting.clock.now();
    const planned = answer === 'cannot-be-asked' ? undefined : nextLookUpAt(lookUp.requestedAt ?? now, now);
    const soon = answer === 'not-reached' && planned !== undefined ? now + soonAgainMs : undefined;
    const next = planned === undefined || soon === undefined ? planned : Math.min(planned, soon);
    const isOver = answer === 'settled' || (next === undefined && lookUp.state === 'accepted');
    if (isOver) await closeLookUp(db, lookUp.delivery);
    else await noteLookUp(db, { delivery: lookUp.delivery, answer, at: now, next });
  }
}

/** Nothing when the question was given up: it was not the provider who failed. */
function answerOfFailure(error: unknown): 'not-reached' | undefined {
  return error instanceof QuestionGivenUp ? undefined : 'not-reached';
}
