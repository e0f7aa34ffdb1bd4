import { definePage, escapeHtml, pageLanguage, type PageLanguage } from './page.ts';

/** The pages that a customer can see after following a rating link. */
export type RatingPage =
  | { readonly kind: 'ask'; readonly lines: readonly AskedLine[]; readonly isIncomplete: boolean }
  | { readonly kind: 'glad' | 'noted' | 'sorry' | 'over' };

export interface AskedLine {
  readonly line: number;
  readonly title: string;
  /** Chosen already, by the star that was tapped in the message or by an earlier rating. */
  readonly stars?: number;
}

interface Words {
  readonly titles: Readonly<Record<RatingPage['kind'], string>>;
  readonly texts: Readonly<Record<RatingPage['kind'], string>>;
  readonly incomplete: string;
  readonly stars: (stars: number) => string;
  readonly send: string;
}

const english: Words = {
  titles: {
    ask: 'How do you like it?',
    glad: 'Thank you!',
    noted: 'Thank you.',
    sorry: 'Thank you for being frank.',
    over: 'There is nothing left to rate.',
  },
  texts: {
    ask: 'Five stars are the best. Your rating counts once you send it.',
    glad: 'Your rating is in. It helps others to choose, and it makes us happy.',
    noted: 'Your rating is in. We want to do better next time.',
    sorry: 'We are sorry that it was not what you hoped for. Somebody here will look into it.',
    over: 'It was refunded or returned in the meantime. You need not do anything.',
  },
  incomplete: 'Please choose the stars first.',
  stars: (stars) => (stars === 1 ? '1 star' : `${stars} stars`),
  send: 'Send my rating',
};

const korean: Words = {
  titles: {
    ask: '써 보시니 어떠셨나요?',
    glad: '고맙습니다!',
    noted: '고맙습니다.',
    sorry: '솔직한 의견 고맙습니다.',
    over: '평가할 상품이 없어요.',
  },
  texts: {
    ask: '별 다섯 개가 가장 좋은 점수예요. 보내기를 누르시면 반영됩니다.',
    glad: '별점이 등록되었어요. 다른 분들의 선택에 큰 도움이 됩니다.',
    noted: '별점이 등록되었어요. 다음에는 더 만족하실 수 있게 하겠습니다.',
    sorry: '기대에 미치지 못해 죄송합니다. 담당자가 직접 확인하겠습니다.',
    over: '그사이 환불되었거나 반품되었어요. 더 하실 일은 없어요.',
  },
  incomplete: '먼저 별점을 선택해 주세요.',
  stars: (stars) => `별 ${stars}개`,
  send: '별점 보내기',
};

const wordsIn: Readonly<Record<PageLanguage, Words>> = { en: english, ko: korean };

const page = definePage({
  style: `
  fieldset { margin: 0; padding: 0; border: 0; }
  legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
  .stars { display: grid; grid-template-columns: repeat(5, 1fr); gap: .5rem; margin-bottom: .75rem; }
  .stars label { position: relative; cursor: pointer; }
  .stars input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
  .stars span { display: block; padding: .5rem 0; border: 1px solid var(--edge); border-radius: .5rem; text-align: center; }
  .stars input:checked + span { border-color: var(--accent); background: var(--accent); color: var(--on-accent);
    font-weight: 600; }
  .stars input:focus-visible + span { outline: 3px solid var(--focus); outline-offset: 3px; }
  .hint { margin-top: 1rem; font-weight: 600; }
`,
});

export const ratingPageHeaders = page.headers;

/** A whole page, in Korean for Korean tags and in English for all others. */
export function renderRatingPage(shown: RatingPage, brand: string, locale?: string): string {
  const language = pageLanguage(locale);
  const words = wordsIn[language];
  const hint =
    shown.kind === 'ask' && shown.isIncomplete
      ? `<p class="hint" role="alert">${words.incomplete}</p>\n`
      : '';
  return page.render({
    language,
    brand,
    title: words.titles[shown.kind],
    main: `<p>${words.texts[shown.kind]}</p>\n${hint}${shown.kind === 'ask' ? formFor(shown.lines, words) : ''}`,
  });
}

/** Without an address of its own the form comes back to the very link, query and all: what is chosen by POST counts. */
function formFor(lines: readonly AskedLine[], words: Words): string {
  return `<form method="post">
${lines.map((line) => fieldsetFor(line, words)).join('')}<button>${words.send}</button>
</form>
`;
}

const everyStars = [1, 2, 3, 4, 5];

function fieldsetFor({ line, title, stars }: AskedLine, words: Words): string {
  const choices = everyStars.map((choice) => {
    const checked = choice === stars ? ' checked' : '';
    return `<label><input type="radio" name="stars-${line}" value="${choice}" aria-label="${words.stars(choice)}"${checked}><span aria-hidden="true">${choice} ★</span></label>`;
  });
  return `<fieldset>
<legend>${escapeHtml(title)}</legend>
<div class="stars">
${choices.join('\n')}
</div>
</fieldset>
`;
}
