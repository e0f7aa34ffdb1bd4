import { ApplicationFailure } from '@temporalio/activity';

/**
 * What an activity throws is kept in the run's history, and a driver's or a provider's own words may hold an address.
 * So only the kind of the failure and its place in our code go there, and into the log. Every failure is tried again.
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
      const failure = ApplicationFailure.create({ type: kind, message: `${activity} failed: ${kind}` });
      failure.stack = [`${activity} failed: ${kind}`, ...placesOf(error)].join('\n');
      throw failure;
    }
  };
}

/** `ECONNREFUSED`, `DatabaseError 40P01`, `PerennialError renderer-broken`: words of ours or of a standard, never a text. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? `${error.name} ${code}` : error.name;
}

/** The lines of its stack, without the words above them. */
function placesOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack?.split('\n') ?? []) : [];
  return lines.filter((line) => /^ +at \S/.test(line));
}
