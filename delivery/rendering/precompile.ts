import Handlebars from 'handlebars';
import { compiledHelpers } from './helpers/index.ts';

/** A template as JavaScript source, ready to be kept on disk. */
export type Precompiled = string;

/**
 * `strict`: a variable that is not there throws instead of printing nothing. `knownHelpersOnly`: a helper that does not
 * exist fails here and not at the customer's. `plain` is for subjects, text parts and text messages, where escaping for
 * HTML would turn "&" into "&amp;".
 */
export function precompile(template: string, format: 'html' | 'plain'): Precompiled {
  const source: unknown = Handlebars.precompile(template, {
    strict: true,
    knownHelpersOnly: true,
    knownHelpers,
    noEscape: format === 'plain',
  });
  // Its types promise an object; it is JavaScript source.
  if (typeof source !== 'string') throw new Error('Handlebars has changed what it precompiles to');
  return source;
}

const knownHelpers = {
  ...Object.fromEntries(Object.keys(compiledHelpers).map((name) => [name, true])),
  if: true,
  unless: true,
  each: true,
  with: true,
  log: false,
  lookup: false,
  helperMissing: false,
  blockHelperMissing: false,
};
