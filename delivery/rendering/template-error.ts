import type { SourcePlace } from './source-place.ts';

/** A template that cannot be compiled, with the place of the fault. The checker turns it into a finding, the build into a `template-invalid`. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly place: SourcePlace;
  readonly rule: Rule;

  constructor(rule: Rule, place: SourcePlace, sentence: string) {
    super(sentence);
    this.rule = rule;
    this.place = place;
  }
}

/** What can be wrong with a template, in machine words. */
export type Rule =
  | 'definition'
  | 'syntax'
  /** What only the Handlebars compiler found; without a line of its own. */
  | 'handlebars'
  | 'mjml'
  | 'lost-expression'
  | 'unknown-variable'
  | 'unguarded-optional'
  | 'wrong-depth'
  | 'wrong-type'
  | 'unknown-helper'
  | 'wrong-arguments'
  | 'unknown-partial'
  | 'unescaped'
  | 'unsafe-link'
  | 'missing-locale'
  | 'missing-text'
  | 'missing-unsubscribe'
  /** Words that the law wants, or that code adds and a template must not. */
  | 'required-wording'
  | 'whatsapp'
  | 'sms-budget'
  | 'html-size'
  | 'unbounded-data'
  | 'render';
