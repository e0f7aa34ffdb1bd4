import type { Database } from '../store/database.ts';
import { answer, answerFailure, type Answers } from './answers.ts';
import { isUnreachable } from './ledger/ask-provider.ts';
import { usefulUntil, type Candidate } from './ledger/candidate.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import type { LedgerRow } from './ledger/load-ledger-rows.ts';
import { settle, settleBySearch, type Settlement } from './ledger/settle.ts';
import { sideBySide } from './ledger/side-by-side.ts';
import type { Doubtful, Task } from './tasks.ts';

/** The most questions about earlier requests that providers are asked at the same time. */
const askedAtOnce = 10;

/**
 * Asks the providers what became of earlier requests. One that cannot be asked now holds up the messages it is asked
 * about, and no others.
 *
 * @returns those that may be judged: their evidence did not come
 */
export async function settleDoubtful(
  tasks: readonly Doubtful[],
  answers: Answers,
  db: Database,
  setting: LedgerSetting,
): Promise<readonly Task[]> {
  const waiting: Task[] = [];
  const ask = async (task: Doubtful) => {
    const { stored, candidate } = task;
    try {
      const settlement = await settlementOf(stored, candidate, db, setting);
      if (settlement === undefined) waiting.push(task);
      else answer(answers, candidate, settlement);
    } catch (error) {
      answerFailure(answers, candidate, error);
    }
  };
  await sideBySide(tasks, ask, { atOnce: askedAtOnce });
  return waiting;
}

/** Nothing for a row that may simply be judged: its evidence did not come. */
async function settlementOf(
  stored: LedgerRow,
  candidate: Candidate,
  db: Database,
  setting: LedgerSetting,
): Promise<Settlement | undefined> {
  const terms = { class: candidate.terms.class, usefulUntil: usefulUntil(candidate) };
  if (stored.state === 'sending') return settle(db, stored, terms, setting);
  // Before a second request the provider is asked about the first. One that cannot say is taken at its silence: the
  // fifteen minutes are over, and class `must` goes on.
  return settleBySearch(db, stored, terms, setting).catch(unlessUnreachable);
}

/** What a provider has said and could not be written down is no silence: the message must not go again then. */
function unlessUnreachable(error: unknown): undefined {
  if (isUnreachable(error)) return undefined;
  throw error;
}
