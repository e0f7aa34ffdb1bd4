import type { ChannelName } from '../domain/channel-name.ts';
import type { FailureCode, GateTrace } from '../domain/delivery.ts';
import type { Database } from '../store/database.ts';
import { answer, type Answers } from './answers.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import { recordRulings, type Ruled } from './ledger/record-rulings.ts';

/** The ruling about a message that there is not, or that could not be written. */
export function failureOf(
  { candidate, situation, trace }: Omit<Ruled, 'ruling'>,
  failure: {
    readonly gate: 'message' | 'content';
    readonly channel?: ChannelName;
    readonly code: FailureCode;
    readonly problem: string;
  },
): Ruled {
  const { problem, code, ...where } = failure;
  const breakdown: GateTrace = { ...where, verdict: 'fail', code, saw: { problem } };
  const ruling = { state: 'failed', reason: code } as const;
  return { candidate, situation, ruling, trace: [...trace, breakdown] };
}

/** Writes down what does not leave, and answers it. */
export async function recordRefusals(
  rulings: readonly Ruled[],
  answers: Answers,
  db: Database,
  setting: LedgerSetting,
): Promise<void> {
  const outcomes = await recordRulings(db, rulings, setting);
  for (const { candidate } of rulings) {
    answer(answers, candidate, outcomes.get(candidate.request.sendKey) ?? 'again');
  }
}
