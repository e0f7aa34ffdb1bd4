import { originOf, type GateTrace } from '../domain/delivery.ts';
import type { Database } from '../store/database.ts';
import { answer, type Answers } from './answers.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import type { Situation } from './ledger/load-situations.ts';
import type { Ruled } from './ledger/record-rulings.ts';
import { caseOf, rulingOf } from './ledger/verdict-row.ts';
import type { RegisteredMessage } from './message-registry.ts';
import { judge } from './policy/judge.ts';
import { failureOf, recordRefusals } from './record-refusals.ts';
import type { Passed } from './send-lines.ts';
import type { Task } from './tasks.ts';
import type { Way } from './write-message.ts';

/** A message that the gates have let through, with what it takes to write it. */
export interface Sendable extends Passed {
  readonly message: RegisteredMessage;
  readonly situation: Situation;
  readonly way: Way;
  readonly trace: readonly GateTrace[];
}

/** The first look, without locks: what need not be rendered is answered here. */
export async function passGates(
  tasks: readonly Task[],
  situations: ReadonlyMap<string, Situation>,
  answers: Answers,
  db: Database,
  setting: LedgerSetting,
): Promise<readonly Sendable[]> {
  const sendable: Sendable[] = [];
  const rulings: Ruled[] = [];
  for (const task of tasks) {
    const { candidate, message, stored } = task;
    const situation = situations.get(originOf(candidate.request));
    if (situation === undefined) {
      answer(answers, candidate, { status: 'failed', code: 'input-invalid' });
      continue;
    }
    const judgement = judge(caseOf(candidate, situation.facts, stored, setting));
    const ruling = rulingOf(judgement, stored, candidate, setting);
    const { trace } = judgement;
    if (message === undefined) {
      rulings.push(
        failureOf(
          { candidate, situation, trace },
          { gate: 'message', code: 'message-unknown', problem: 'there is no such message' },
        ),
      );
    } else if (ruling.state === 'sending') {
      sendable.push({ candidate, channel: ruling.channel, message, situation, way: ruling, trace });
    } else {
      rulings.push({ candidate, situation, ruling, trace });
    }
  }
  await recordRefusals(rulings, answers, db, setting);
  return sendable;
}
