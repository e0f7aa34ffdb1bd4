import { english } from './opt-out-words/english.ts';
import { korean } from './opt-out-words/korean.ts';
import { portuguese } from './opt-out-words/portuguese.ts';
import { spanish } from './opt-out-words/spanish.ts';
import type { Wordings } from './opt-out-words/wordings.ts';

/** What somebody means who answers one of our messages, as far as it is one of the words that must be obeyed. */
export interface ReadReply {
  readonly meaning?: 'stop' | 'start' | 'help';
  /** True when it says nothing else: then it is an order to the sender, and no answer to the message. */
  readonly bare: boolean;
}

const languages: readonly Wordings[] = [english, korean, portuguese, spanish];
/** "Stop por favor": the word of one language, the politeness of another. */
const courtesies = new Set(languages.flatMap((language) => language.courtesies));

/** What a reply means by our reading and the provider's: a provider knows single words, and a stop is one whoever hears it. */
export function meaningOfReply(
  reading: ReadReply,
  keyword: ReadReply['meaning'] | null,
): ReadReply['meaning'] {
  return keyword === 'stop' ? 'stop' : (reading.meaning ?? keyword ?? undefined);
}

/**
 * Reads a reply as a reasonable person would: the United States let people revoke by any reasonable wording
 * (47 CFR 64.1200(a)(10); providers reference 6.2, R-TW-1), Korea forbids to make it hard (Network Act art. 50(5)).
 *
 * A single word counts only when it is the whole message, since "cancel", "end" and 거부 mean much else inside a
 * sentence. In a sentence it takes a wording about being written to. Whatever is negated ("don't stop the discounts")
 * is left out first. In doubt it is a stop: a customer who is not written to can say "START".
 */
export function readReply(text: string): ReadReply {
  const clauses = clausesOf(text);
  const whole = clauses.join(' ');
  if (whole === '') return { bare: false };
  for (const meaning of ['stop', 'start', 'help'] as const) {
    if (languages.some((language) => isWholly(language, meaning, whole))) return { meaning, bare: true };
  }
  const isStop = languages.some((language) => asksToStop(language, clauses));
  return isStop ? { meaning: 'stop', bare: false } : { bare: false };
}

function isWholly({ words, spaced }: Wordings, meaning: keyof Wordings['words'], whole: string) {
  const rest = spaced
    ? whole
        .split(' ')
        .filter((word) => !courtesies.has(word))
        .join(' ')
    : whole.replaceAll(' ', '');
  return words[meaning].includes(rest) || words[meaning].includes(whole);
}

function asksToStop({ spaced, negated, sentences }: Wordings, clauses: readonly string[]): boolean {
  const said = clauses.map((clause) => (spaced ? clause : clause.replaceAll(' ', '')));
  // A full stop between clauses keeps a wording from reaching across.
  const text = negated.reduce((left, pattern) => left.replace(pattern, ' '), `.${said.join('.')}.`);
  return sentences.some(({ pattern }) => pattern.test(text));
}

/**
 * The text in clauses of plain words: lower case, one kind of letters (full width, accents and typographic apostrophes are
 * undone), no signs and no emoji.
 */
function clausesOf(text: string): readonly string[] {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/['’‘ʼ`´]/g, '')
    .replace(/\bs[.\s]*t[.\s]*o[.\s]*p+\b/g, 'stop')
    .split(/[.,;:!?…¡¿。！？、，~\n]+/)
    .map((clause) =>
      clause
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((clause) => clause !== '');
}
