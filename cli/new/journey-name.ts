import { PerennialError } from '../../domain/perennial-error.ts';

/** The names of one journey in code and in words. */
export interface JourneyName {
  /** `care-tips`: files, messages, events of the past. */
  readonly name: string;
  /** `careTips`: the constant. */
  readonly constant: string;
  /** `Care tips`: for people. */
  readonly title: string;
}

/** Words that cannot be the name of a constant in a module. */
const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield'.split(
    ' ',
  ),
);

/** The names that a module of a journey or its message uses itself, and those that stand for something everywhere. */
const taken = new Set([
  'defineJourney',
  'defineMessage',
  'z',
  'data',
  'layouts',
  'partials',
  'index',
  'messages',
  'undefined',
  'globalThis',
]);

/** Every object has them already, or Windows keeps them for devices: no file and no entry of a list can be called so. */
const unusable = /^(constructor|con|prn|aux|nul|com\d|lpt\d)$/;

/** @throws PerennialError `journey-invalid` for a name that is not lower-case words joined by hyphens, or is a word of the language. */
export function journeyNameOf(name: string): JourneyName {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new PerennialError(
      'journey-invalid',
      `"${name}" cannot be the name of a journey. Write lower-case words joined by hyphens, at most 40 characters, such as "care-tips".`,
    );
  }
  const constant = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  if (reserved.has(constant) || taken.has(constant) || unusable.test(name)) {
    throw new PerennialError(
      'journey-invalid',
      `"${name}" cannot be the name of a journey: the word has a meaning of its own in the code. Add a word, such as "${name}-offer".`,
    );
  }
  const words = name.replaceAll('-', ' ');
  return { name, constant, title: words.charAt(0).toUpperCase() + words.slice(1) };
}
