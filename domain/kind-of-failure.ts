/**
 * The kind of a failure in words that may be stored: `error 40P01`, `PerennialError renderer-broken`, `ServiceError 3`.
 * Only names and codes, never a text: the words of a driver or of a provider may quote an address.
 */
export function kindOfFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = codeOf(error);
  return code === undefined ? error.name : `${error.name} ${code}`;
}

/** Its own code, or that of what caused it. */
function codeOf(error: Error): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code: unknown = 'code' in cause ? cause.code : undefined;
    if (typeof code === 'number') return String(code);
    if (typeof code === 'string' && /^[\w-]{1,60}$/.test(code)) return code;
  }
  return undefined;
}
