import type { SendRequest } from '../domain/delivery.ts';
import { newId } from '../store/new-id.ts';
import { answer, type Answers } from './answers.ts';
import type { Candidate } from './ledger/candidate.ts';
import type { LedgerSetting } from './ledger/ledger-setting.ts';
import type { LedgerRow } from './ledger/load-ledger-rows.ts';
import { mayHaveArrived } from './ledger/may-have-arrived.ts';
import { outcomeOfRow } from './ledger/outcome-of-row.ts';
import { waitForProvider } from './ledger/wait-for-provider.ts';
import { findMessage, type MessageRegistry, type RegisteredMessage } from './message-registry.ts';

/** A request with its message and what the ledger has of it. */
export interface Task {
  readonly candidate: Candidate;
  readonly message: RegisteredMessage | undefined;
  readonly stored: LedgerRow | undefined;
}

export function taskOf(request: SendRequest, stored: LedgerRow | undefined, messages: MessageRegistry): Task {
  const message = findMessage(messages, request.message);
  return {
    candidate: { request, terms: message ?? termsOfUnknown(request), delivery: stored?.id ?? newId() },
    message,
    stored,
  };
}

/** Finished rows answer as before, and rows that wait for their provider until that time is over. */
export function answerFromLedger(
  tasks: readonly Task[],
  answers: Answers,
  { clock }: LedgerSetting,
): { readonly doubtful: readonly Doubtful[]; readonly clear: readonly Task[] } {
  const doubtful: Doubtful[] = [];
  const clear: Task[] = [];
  for (const task of tasks) {
    const { stored, candidate } = task;
    const known = stored && (outcomeOfRow(stored) ?? waitForProvider(stored, clock.now()));
    if (known !== undefined) answer(answers, candidate, known);
    else if (stored !== undefined && isDoubtful(stored, candidate)) doubtful.push({ ...task, stored });
    else clear.push(task);
  }
  return { doubtful, clear };
}

/** A task with a request of which nobody knows whether the provider took it. */
export type Doubtful = Task & { readonly stored: LedgerRow };

function isDoubtful(stored: LedgerRow, { terms }: Candidate): boolean {
  return stored.state === 'sending' || (terms.class === 'must' && mayHaveArrived(stored.attempts));
}

/** The least that the ledger must write down about a message that does not exist. */
function termsOfUnknown({ message }: SendRequest): Candidate['terms'] {
  return { name: message, purpose: 'marketing', class: 'once', channels: [], usefulFor: '1 day' };
}
