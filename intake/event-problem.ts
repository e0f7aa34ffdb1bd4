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
  readonly problems: readonly EventProblem[];

  constructor(code: ErrorCode, problems: readonly EventProblem[]) {
    super(code, sentence(problems));
    this.problems = problems;
  }
}

const named = 5;

function sentence(problems: readonly EventProblem[]): string {
  const first = problems.slice(0, named).map(describe).join(' ');
  const rest = problems.length - named;
  const more = rest > 0 ? ` There ${rest === 1 ? 'is one more problem' : `are ${rest} more problems`}.` : '';
  return `${first}${more} Nothing of the call was accepted: mend it and send it again with the same ids.`;
}

function describe({ index, path, value, problem }: EventProblem): string {
  const place = path === '' ? `Event ${index}` : `Event ${index}, ${path}`;
  return value === undefined ? `${place}: ${problem}.` : `${place} is ${value}: ${problem}.`;
}
