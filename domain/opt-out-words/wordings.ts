/** How a language says "do not write to me any more", and what only sounds like it. */
export interface Wordings {
  /** False for languages whose words are not reliably parted by spaces: they are matched without any. */
  readonly spaced: boolean;
  /** Obeyed when they are the whole message. Lower case, without accents and apostrophes. */
  readonly words: Readonly<Record<'stop' | 'start' | 'help', readonly string[]>>;
  /** Words of politeness that may stand around a single word. */
  readonly courtesies: readonly string[];
  /** Taken out before sentences are looked at: they say the opposite, or speak of something else. Global patterns. */
  readonly negated: readonly RegExp[];
  /** Ask to stop wherever they stand. Clauses are parted by full stops. */
  readonly sentences: readonly Wording[];
}

export interface Wording {
  readonly pattern: RegExp;
  /** A message that it is there for. */
  readonly example: string;
}

/** Words that are written one after the other with commas between them. */
export function listed(words: string): readonly string[] {
  return words.split(',').map((word) => word.trim());
}
