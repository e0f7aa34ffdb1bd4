/** A name longer than this is cut: it must fit a text message and a subject. */
export const longestGreeting = 40;

/** Controls, and overrides of the writing direction, which would disguise what follows them (R-SEC-7). */
const disguising = /(?![\s])[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const nobody: Readonly<Record<string, string>> = { en: 'there', ko: '고객님' };

/**
 * How a customer is greeted: the given name in most languages ("Hello Mina"), the family name first and 님 in Korean
 * ("김민아님"). An unknown name becomes a neutral word ("Hello there", "고객님"), and `hasName` tells templates so.
 */
export function greetingName(
  customer: { readonly givenName?: string | null; readonly familyName?: string | null },
  language: string,
): { readonly name: string; readonly hasName: boolean } {
  const given = clean(customer.givenName);
  const family = clean(customer.familyName);
  const name = language === 'ko' ? koreanName(family, given) : given;
  if (name === '') return { name: nobody[language] ?? '', hasName: false };
  return { name, hasName: true };
}

function koreanName(family: string, given: string): string {
  if (family === '' && given === '') return '';
  // Names in Hangul are written together, others keep their space: 김민아, but Kim Mina.
  const space = /^\p{Script=Hangul}*$/u.test(family + given) ? '' : ' ';
  return `${cut([family, given].filter((part) => part !== '').join(space), longestGreeting - 1)}님`;
}

function clean(name: string | null | undefined): string {
  return cut((name ?? '').replace(disguising, '').replace(/\s+/g, ' ').trim(), longestGreeting);
}

function cut(name: string, longest: number): string {
  if (name.length <= longest) return name;
  let kept = '';
  for (const character of name) {
    if (kept.length + character.length > longest - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
