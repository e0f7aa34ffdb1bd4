import mjml2html from 'mjml';
import { standInForColours } from './colour-expressions.ts';
import type { Composed } from './compose.ts';
import { expressionsOf } from './expressions.ts';
import { fault, type Fault } from './fault.ts';
import { plainTextOf } from './plain-text.ts';
import { offsetOf } from './source-place.ts';
import { wrapBlocks } from './wrap-blocks.ts';

/** The Handlebars templates of a mail, after MJML has done its work for good. */
export interface EmailTemplates {
  readonly html: string;
  readonly text: string;
  readonly faults: readonly Fault[];
}

/** Runs MJML once over the composed document, and proves that no expression was lost on the way. */
export async function compileEmail(composed: Composed): Promise<EmailTemplates> {
  const stoodIn = standInForColours(wrapBlocks(composed.text));
  const { html, errors } = await mjml2html(stoodIn.mjml, {
    validationLevel: 'soft',
    ignoreIncludes: true,
    // Otherwise MJML makes the mail fetch fonts from elsewhere as soon as a font's name sounds familiar.
    fonts: {},
  });
  const compiled = collapse(stoodIn.restore(html));
  const complaints = errors.map(({ line, message }) =>
    fault(
      'mjml',
      composed.placeOf(indentedOffset(composed.text, line)),
      `${message}. MJML would leave it out.`,
    ),
  );
  return {
    html: compiled,
    text: plainTextOf(compiled),
    faults: [...complaints, ...lostExpressions(composed, compiled)],
  };
}

/** MJML drops what it does not understand without a word; what is in the source must be in the result at least as often. */
function lostExpressions(composed: Composed, html: string): Fault[] {
  const left = countsOf(expressionsOf(html).map(({ words }) => words));
  return expressionsOf(composed.text).flatMap(({ words, line, column }) => {
    const count = left.get(words) ?? 0;
    left.set(words, count - 1);
    if (count > 0) return [];
    const place = composed.placeOf(offsetOf(composed.text, line, column));
    return [
      fault(
        'lost-expression',
        place,
        `MJML dropped {{${words}}}: it only keeps expressions inside text tags (mj-text, mj-button, mj-table, mj-raw …) and in most attributes. Move it into one of them.`,
      ),
    ];
  });
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Line breaks stay, so that no two words grow together; the indentation goes. A quarter of the bytes. */
function collapse(html: string): string {
  return html.replace(/[ \t]*\n\s*/g, '\n').trim();
}

function indentedOffset(text: string, line: number): number {
  const start = offsetOf(text, line, 0);
  return start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
}
