import type { Composed } from '../compose.ts';
import { fault, type Fault } from '../fault.ts';

/** Every link and picture of a mail is https (or mailto, tel, an anchor), or comes out of the `url` helper, which sees to it. */
export function checkLinks(composed: Composed): Fault[] {
  return [...composed.text.matchAll(linkAttribute)].flatMap((match) => {
    const [, , double, single] = match;
    const value = (double ?? single ?? '').replace(/\{\{~?(?:[#/^!]|else\b)[\s\S]*?\}\}/g, '').trim();
    if (value === '' || safeStart.test(value)) return [];
    return [fault('unsafe-link', composed.placeOf(match.index), sentenceFor(value))];
  });
}

const linkAttribute =
  /\b(href|src|action|background-url)\s*=\s*(?:"((?:\{\{[\s\S]*?\}\}|[^"])*)"|'((?:\{\{[\s\S]*?\}\}|[^'])*)')/g;
const safeStart = /^(?:https:\/\/[a-z0-9]|mailto:|tel:|#|\{\{~?\s*url\s)/i;

function sentenceFor(value: string): string {
  if (value.startsWith('{{')) {
    const [, words = 'link'] = /^\{\{\{?~?\s*(.*?)\s*~?\}?\}\}/.exec(value) ?? [];
    return `A link from the data must pass through the url helper, which lets only https out. Write {{url ${words}}}.`;
  }
  return `"${value.slice(0, 60)}" is not an https link. Write the whole address with https://, or {{url …}} for one from the data.`;
}

/** In words without markup a link stands by itself. */
export function checkPlainLinks(composed: Composed): Fault[] {
  return [...composed.text.matchAll(/\b(?:http:\/\/|javascript:)\S*/gi)].map((match) =>
    fault('unsafe-link', composed.placeOf(match.index), sentenceFor(match[0])),
  );
}
