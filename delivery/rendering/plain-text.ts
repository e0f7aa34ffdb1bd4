import { convert } from 'html-to-text';

/**
 * The text part, made once from the compiled template: all expressions stay where they are, so per message only the
 * precompiled text runs. Words that are for the eye only carry the class `not-in-text`.
 */
export function plainTextOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { linkBrackets: false, hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
      { selector: '.not-in-text', format: 'skip' },
      // The preheader, which MJML hides before the body.
      { selector: 'body > div:first-child[style*="display:none"]', format: 'skip' },
      // Upper case would also shout at the expressions.
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      { selector: 'td', format: 'inline' },
      { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    ],
  });
}
