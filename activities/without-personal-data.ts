import { ApplicationFailure, log } from '@temporalio/activity';

/**
 * What an activity throws is kept in the run's history, and a driver's or a provider's own words may hold an address.
 * So only the kind of the failure goes there: the name of the error and its code. Every failure is tried again.
 */
export function withoutPersonalData<Input, Output>(
  activity: string,
  work: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    try {
      return await work(input);
    } catch (error) {
      if (error instanceof ApplicationFailure) throw error;
      const kind = kindOf(error);
      log.warn(`${activity} failed and will be tried again`, { kind });
      throw ApplicationFailure.create({ type: kind, message: `${activity} failed: ${kind}` });
    }
  };
}

/** `ECONNREFUSED`, `DatabaseError 40P01`, `PerennialError renderer-broken`: words of ours or of a standard, never a text. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? `${error.name} ${code}` : error.name;
}
