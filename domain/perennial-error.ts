import type { ErrorCode } from './error-codes.ts';

/**
 * The one error class that reaches people: a stable code for machines, a sentence for humans.
 *
 * The message says what happened, with which value, what is allowed and what to do next.
 * The underlying failure, if any, stays in `cause`. Is it worth trying again? `retryable` says.
 */
export class PerennialError extends Error {
  override readonly name = 'PerennialError';
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
  }

  /** Where the page about this error lies in the repository. */
  get page(): string {
    return `docs/errors/${this.code}.md`;
  }
}

/** True for a PerennialError, also one that was made by another copy of this module. */
export function isPerennialError(value: unknown): value is PerennialError {
  return value instanceof Error && value.name === 'PerennialError' && 'code' in value;
}
