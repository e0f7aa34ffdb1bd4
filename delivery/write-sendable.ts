import type { GateTrace } from '../domain/delivery.ts';
import type { Database } from '../store/database.ts';
import { answerFailure, type Answers } from './answers.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import type { Ready } from './ledger/point-of-no-return.ts';
import type { Ruled } from './ledger/record-rulings.ts';
import { sideBySide } from './ledger/side-by-side.ts';
import type { Sendable } from './pass-gates.ts';
import { failureOf, recordRefusals } from './record-refusals.ts';
import { writeMessage, type WriterDeps } from './write-message.ts';

/** Words before any claim: what fails here has not been promised to anybody. */
export async function writeSendable(
  passed: readonly Sendable[],
  answers: Answers,
  deps: WriterDeps & { readonly db: Database },
  setting: LedgerSetting,
): Promise<readonly Ready[]> {
  const ready: Ready[] = [];
  const rulings: Ruled[] = [];
  await sideBySide(passed, async ({ candidate, channel, message, situation, way, trace }) => {
    try {
      const written = await writeMessage(message, candidate, situation, way, deps);
      switch (written.kind) {
        case 'written': {
          const { content, unsubscribe, shortLinks } = written;
          ready.push({ candidate, situation, channel, content, unsubscribe, shortLinks });
          break;
        }
        case 'nothing-to-say': {
          const reason = 'nothing-to-say';
          const saw = { nothingToSay: written.why };
          const gate: GateTrace = { gate: 'content', channel, verdict: 'skip', reason, saw };
          const ruling = { state: 'skipped', reason } as const;
          rulings.push({ candidate, situation, ruling, trace: [...trace, gate] });
          break;
        }
        case 'failed':
          rulings.push(
            failureOf(
              { candidate, situation, trace },
              { gate: 'content', channel, code: written.code, problem: written.problem },
            ),
          );
          break;
        default:
          written satisfies never;
      }
    } catch (error) {
      answerFailure(answers, candidate, error);
    }
  });
  await recordRefusals(rulings, answers, deps.db, setting);
  return ready;
}
