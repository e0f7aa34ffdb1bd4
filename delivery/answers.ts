import type { SendOutcome } from '../domain/delivery.ts';
import type { Candidate } from './ledger/candidate.ts';

/** What a round has found out about a request. */
export type RequestAnswer =
  | { readonly kind: 'outcome'; readonly outcome: SendOutcome }
  | { readonly kind: 'in-flight' }
  /** It could not be dealt with now, and may be later; its neighbours go on. */
  | { readonly kind: 'failure'; readonly error: unknown };

/** By send key. A request without one goes into the next round. */
export type Answers = Map<string, RequestAnswer>;

export function answer(
  answers: Answers,
  { request }: Candidate,
  outcome: SendOutcome | 'again' | 'in-flight',
): void {
  if (outcome === 'again') return;
  answers.set(
    request.sendKey,
    outcome === 'in-flight' ? { kind: 'in-flight' } : { kind: 'outcome', outcome },
  );
}

export function answerFailure(answers: Answers, { request }: Candidate, error: unknown): void {
  answers.set(request.sendKey, { kind: 'failure', error });
}
