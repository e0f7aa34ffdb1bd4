import type { Composed } from '../compose.ts';
import { fault, type Fault } from '../fault.ts';

/**
 * MJML shares a row's width among the columns that it sees, and in a loop it sees one: each of three would become as
 * wide as the mail. So a column in a loop says how wide it is.
 */
export function checkColumns(composed: Composed): Fault[] {
  const inLoop = /\{\{#each[^}]*\}\}\s*(<mj-column\b(?![^>]*\swidth=)[^>]*>)/g;
  return [...composed.text.matchAll(inLoop)].map((match) => {
    const at = match.index + match[0].length - (match[1]?.length ?? 0);
    return fault(
      'mjml',
      composed.placeOf(at),
      'A column in a loop needs its width, or each becomes as wide as the mail. Write <mj-column width="33%">.',
    );
  });
}
