import type { ErrorCode } from '../domain/error-codes.ts';
import { PerennialError } from '../domain/perennial-error.ts';

/** One thing that is wrong with one event of a call. */
export interface EventProblem {
  /** Place of the event in the call, from 0. */
  readonly index: number;
  /** Where in the event, such as `data.items[0].quantity`; empty for the event as a whole. */
  readonly path: string;
  /** What stands there, shortened; `undefined` when nothing does. */
  readonly value?: string;
  /** What is wrong or allowed, as the end of a sentence. */
  readonly problem: string;
}

/** Events were refused. Nothing of the call was accepted; sending it again unchanged gives the same answer. */
export class EventsRefused extends PerennialError {
  /** At most `problemsPerRefusal`. */
  readonly problems: readonly EventProblem[];

  constructor(code: ErrorCode, problems: readonly EventProblem[]) {
    super(code, sentence(problems));
    this.problems = bounded(problems);
  }
}

const named = 5;
/** Most problems of one refusal; the last one counts those that are left out. */
export const problemsPerRefusal = 100;

/** An answer stays small, whatever was sent: a body of some megabytes can hold a million things that are wrong. */
function bounded(problems: readonly EventProblem[]): readonly EventProblem[] {
  const firstLeftOut = problems[problemsPerRefusal - 1];
  if (problems.length <= problemsPerRefusal || firstLeftOut === undefined) return problems;
  const rest = problems.length - problemsPerRefusal + 1;
  const problem = `from here on there are ${rest} more problems, which are not listed`;
  return [...problems.slice(0, problemsPerRefusal - 1), { index: firstLeftOut.index, path: '', problem }];
}

function sentence(problems: readonly EventProblem[]): string {
  const first = problems
    .slice(0, named)
    .map((problem) => problemSentence(problem, `Event ${problem.index}`))
    .join(' ');
  const rest = problems.length - named;
  const more = rest > 0 ? ` There ${rest === 1 ? 'is one more problem' : `are ${rest} more problems`}.` : '';
  return `${first}${more} Nothing of the call was accepted: mend it and send it again with the same ids.`;
}

/** @param event where the event stands, in the words of whoever wrote it */
export function problemSentence({ path, value, problem }: EventProblem, event: string): string {
  const place = path === '' ? event : `${event}, ${path}`;
  return value === undefined ? `${place}: ${problem}.` : `${place} is ${value}: ${problem}.`;
}
