import type { SourcePlace } from './source-place.ts';
import { TemplateError, type Rule } from './template-error.ts';

/** Something wrong with a template: where, which rule, and a sentence that says what to do. */
export interface Fault extends SourcePlace {
  readonly rule: Rule;
  readonly sentence: string;
}

export function fault(rule: Rule, place: SourcePlace, sentence: string): Fault {
  return { file: place.file, line: place.line, column: place.column, rule, sentence };
}

/** The fault that `error` stands for; any other error is thrown on. */
export function faultOf(error: unknown): Fault {
  if (error instanceof TemplateError) return fault(error.rule, error.place, error.message);
  throw error;
}
