import type { SeasonFact } from '../domain/live-season.ts';
import { definePage, escapeHtml, type PageLanguage } from './page.ts';

interface Words {
  readonly fact: (people: string, place: number) => string;
  readonly see: string;
  readonly goneTitle: string;
  readonly gone: string;
  readonly shop: (brand: string) => string;
}

const english: Words = {
  fact: (people, place) => `${people} people chose it this season. That makes it number ${place}.`,
  see: 'Have a look at it',
  goneTitle: 'There is nothing here any more.',
  gone: 'What this link was about is no longer sold, or the link was cut off.',
  shop: (brand) => `Visit ${brand}`,
};

const korean: Words = {
  fact: (people, place) => `이번 시즌에 ${people}분이 고른 ${place}위 상품이에요.`,
  see: '상품 보기',
  goneTitle: '더 이상 볼 수 없는 내용이에요.',
  gone: '상품 판매가 끝났거나 링크가 잘렸을 수 있어요.',
  shop: (brand) => `${brand} 둘러보기`,
};

const wordsIn: Readonly<Record<PageLanguage, Words>> = { en: english, ko: korean };

const page = definePage({
  images: true,
  style: `
  .picture { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: cover; margin: 1.25rem 0 0; border-radius: .5rem; }
  .button { margin-top: 1.75rem; }
`,
});

export const sharePageHeaders = page.headers;

/** A whole page; of nothing, when what was shared is gone. */
export function renderSharePage(
  fact: SeasonFact | undefined,
  brand: { readonly name: string; readonly url: string },
  language: PageLanguage,
): string {
  const words = wordsIn[language];
  if (fact === undefined) {
    const main = `<p>${words.gone}</p>\n${linkTo(brand.url, words.shop(brand.name))}`;
    return page.render({ language, brand: brand.name, title: words.goneTitle, main });
  }
  const sentence = words.fact(new Intl.NumberFormat(language).format(fact.people), fact.place);
  const picture =
    fact.image === undefined ? '' : `<img class="picture" src="${escapeHtml(fact.image)}" alt="">\n`;
  return page.render({
    language,
    brand: brand.name,
    title: fact.title,
    main: `<p>${sentence}</p>\n${picture}${linkTo(fact.url ?? brand.url, fact.url === undefined ? words.shop(brand.name) : words.see)}`,
    head: headFor(fact, sentence),
  });
}

/** What a messenger shows beneath the link. */
function headFor({ title, image }: SeasonFact, sentence: string): string {
  const properties = {
    'og:type': 'website',
    'og:title': title,
    'og:description': sentence,
    'og:image': image,
  };
  return Object.entries(properties)
    .flatMap(([property, content]) =>
      content === undefined ? [] : [`<meta property="${property}" content="${escapeHtml(content)}">\n`],
    )
    .join('');
}

/** Addresses come from the catalogue, which takes https and nothing else. */
function linkTo(url: string, words: string): string {
  return `<a class="button" href="${escapeHtml(url)}">${escapeHtml(words)}</a>\n`;
}
