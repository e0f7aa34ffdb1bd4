/** A product's title, and the same in other languages by their tags. */
export interface Titles {
  readonly title: string;
  readonly titles: Readonly<Record<string, string>>;
}

/** Titles are kept by language (`ko`), and asked for by locale as well (`ko-KR`). */
export function titleIn({ title, titles }: Titles, language = ''): string {
  return titles[language] ?? titles[language.split('-')[0] ?? ''] ?? title;
}
