/**
 * MJML keeps Handlebars inside its "ending" tags (mj-text, mj-button, …) and in attributes, but silently drops it between
 * components: no error, no block, no message for whom it was meant. So a block tag that stands between components is
 * wrapped in mj-raw, which MJML passes through. Lines stay where they are.
 */
export function wrapBlocks(mjml: string): string {
  let result = '';
  let at = 0;
  let ending: string | undefined;
  while (at < mjml.length) {
    const token = tokenAt(mjml, at);
    if (ending === undefined && isBlockTag(token)) result += `<mj-raw>${token}</mj-raw>`;
    else if (!(ending === undefined && isTemplateComment(token))) result += token;
    else result += token.replace(/[^\n]/g, '');
    ending = endingAfter(token, ending);
    at += token.length;
  }
  return result;
}

const tokens = [
  /<!--[\s\S]*?-->/y,
  /\{\{!--[\s\S]*?--\}\}/y,
  /\{\{(?:"[^"]*"|'[^']*'|[^"'}]|\}(?!\}))*\}\}\}?/y,
  // A tag; its attributes may hold expressions, and those may hold quotes and angle brackets.
  /<\/?[a-z](?:\{\{[\s\S]*?\}\}|"(?:\{\{[\s\S]*?\}\}|[^"])*"|'(?:\{\{[\s\S]*?\}\}|[^'])*'|[^>"'{]|\{(?!\{))*>/iy,
  /[^<{]+/y,
];

function tokenAt(text: string, at: number): string {
  for (const pattern of tokens) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return found;
  }
  return text.slice(at, at + 1);
}

function isBlockTag(token: string): boolean {
  return /^\{\{~?(?:[#/^]|else\b)/.test(token);
}

function isTemplateComment(token: string): boolean {
  return token.startsWith('{{!') || token.startsWith('{{~!');
}

/** Tags whose content MJML hands through untouched. */
const endingTags = new Set([
  'mj-accordion-text',
  'mj-accordion-title',
  'mj-button',
  'mj-navbar-link',
  'mj-preview',
  'mj-raw',
  'mj-social-element',
  'mj-style',
  'mj-table',
  'mj-text',
  'mj-title',
]);

function endingAfter(token: string, ending: string | undefined): string | undefined {
  const [, close = '', name = ''] = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(token) ?? [];
  if (ending !== undefined) return close === '/' && name === ending ? undefined : ending;
  return close === '' && endingTags.has(name) && !token.endsWith('/>') ? name : undefined;
}
