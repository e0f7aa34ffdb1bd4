import type { RequiredWording } from '../../../domain/required-wording.ts';
import type { Composed } from '../compose.ts';
import { fault, type Fault } from '../fault.ts';

/**
 * A label that a law asks for is added by code, for whoever is under that law and for nobody else. One that a template
 * writes itself would stand there twice, or for everybody, or in a spelling that is forbidden.
 */
export function checkLabels(words: readonly Composed[], rules: readonly RequiredWording[]): Fault[] {
  return words.flatMap((composed) =>
    rules.flatMap((rule) =>
      rule.forbiddenLabels
        .flatMap((pattern) => [...composed.text.matchAll(pattern)])
        .map((match) =>
          fault(
            'required-wording',
            composed.placeOf(match.index),
            `Take "${match[0]}" out: where the law asks for it (${rule.source}), ${rule.label} is put in front of the message, in its one lawful spelling.`,
          ),
        ),
    ),
  );
}
