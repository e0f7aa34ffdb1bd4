import type { TemplateHelper } from './template-helper.ts';

/**
 * `{{title}}{{particle title "이/가"}}`: the Korean particle that fits the sound at the end of the word. Written
 * consonant-first as in dictionaries: 이/가, 을/를, 은/는, 과/와, 으로/로, 이나/나, 이랑/랑, 아/야.
 *
 * Hangul says itself whether a syllable is closed (Unicode chapter 3.12). Digits are read in Sino-Korean, Latin letters
 * by their usual reading in loan words; brackets and punctuation at the end are not spoken and do not count.
 */
export const particle: TemplateHelper = {
  takes: ['text', 'text'],
  example: '{{title}}{{particle title "이/가"}}',
  run: ([word, pair]) => {
    if (typeof word !== 'string' && typeof word !== 'number') throw new Error('particle needs a word');
    return particleFor(String(word), pairOf(pair));
  },
};

const pairs = {
  '이/가': ['이', '가'],
  '을/를': ['을', '를'],
  '은/는': ['은', '는'],
  '과/와': ['과', '와'],
  '와/과': ['과', '와'],
  '으로/로': ['으로', '로'],
  '이나/나': ['이나', '나'],
  '이랑/랑': ['이랑', '랑'],
  '아/야': ['아', '야'],
} as const satisfies Record<string, readonly [closed: string, open: string]>;

type Pair = keyof typeof pairs;

function pairOf(pair: unknown): Pair {
  if (typeof pair === 'string' && Object.hasOwn(pairs, pair)) return pair as Pair;
  throw new Error(`particle knows no such pair; it knows ${Object.keys(pairs).join(', ')}`);
}

export function particleFor(word: string, pair: Pair): string {
  const [afterClosed, afterOpen] = pairs[pair];
  const ending = endingOf(word);
  // ㄹ takes 로, not 으로: 서울로.
  if (pair === '으로/로' && ending === 'rieul') return afterOpen;
  return ending === 'open' ? afterOpen : afterClosed;
}

type Ending = 'open' | 'closed' | 'rieul';

function endingOf(word: string): Ending {
  const spoken = word
    .replace(/[([{<（［【][^)\]}>）］】]*[)\]}>）］】]\s*$/u, '')
    .replace(/[^\p{L}\p{N}]+$/u, '');
  const last = Array.from(spoken).at(-1) ?? '';
  if (/[가-힣]/.test(last)) return hangulEnding(last);
  if (/[0-9]/.test(last)) return digitEnding(spoken);
  if (/[a-z]/i.test(last)) return latinEnding(spoken);
  return 'open';
}

function hangulEnding(syllable: string): Ending {
  const final = ((syllable.codePointAt(0) ?? 0) - 0xac00) % 28;
  if (final === 0) return 'open';
  return final === 8 ? 'rieul' : 'closed';
}

/** 영, 일, 이, 삼 …; a round number ends on its unit: 10 십, 100 백, 1000 천, 10000 만. */
function digitEnding(number: string): Ending {
  const endings: Readonly<Record<string, Ending>> = {
    '0': 'closed',
    '1': 'rieul',
    '2': 'open',
    '3': 'closed',
    '4': 'open',
    '5': 'open',
    '6': 'closed',
    '7': 'rieul',
    '8': 'rieul',
    '9': 'open',
  };
  return endings[number.at(-1) ?? ''] ?? 'open';
}

/** A single letter or an abbreviation is spelled out: of the names of letters L and R end on ㄹ, M and N on a nasal. */
function latinEnding(word: string): Ending {
  const tail = /[a-z]+$/i.exec(word)?.[0] ?? '';
  const spelledOut = tail.length === 1 || tail === tail.toUpperCase();
  if (spelledOut) return /[lr]$/i.test(tail) ? 'rieul' : /[mn]$/i.test(tail) ? 'closed' : 'open';
  if (/le?$/i.test(tail)) return 'rieul';
  // Loan words close on m, n and ng, and on b, c, k, p, t after a vowel: 팬, 홈, 북, 컵, 로봇; but 머그, 밀크, 케이크.
  return /(?:[mn]e?|ng|[aeiou](?:ck|[bckpt]))$/i.test(tail) ? 'closed' : 'open';
}
