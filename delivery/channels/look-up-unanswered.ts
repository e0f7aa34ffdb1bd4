import { PerennialError } from '../../domain/perennial-error.ts';

/** These are about the moment and not about the question. */
const passing = new Set([408, 425, 429]);

/** Whether a provider has answered: an error that will be the same in five minutes, such as a log that the account may not read. */
export function isAnswer(status: number): boolean {
  return status < 500 && !passing.has(status);
}

/** @param said a status or the code of a connection's end: a sentence could repeat an address */
export function lookUpUnanswered(provider: string, said: string): PerennialError {
  return new PerennialError(
    'provider-unreachable',
    `${provider} could not be asked what became of a request (${said}). It is asked again by itself.`,
    { retryable: true },
  );
}
