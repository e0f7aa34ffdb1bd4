import { createHash } from 'node:crypto';

/** Languages that our own pages are written in. */
const pageLanguages = ['en', 'ko'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

export interface PageOptions {
  /** CSS of this page alone, after that of all pages; fixed, since its hash stands in the headers. */
  readonly style?: string;
  /** True for a page that shows pictures of products. Default false. */
  readonly images?: boolean;
}

export interface PageContent {
  readonly language: PageLanguage;
  /** The shop's name, above the heading. */
  readonly brand: string;
  /** The heading and the name of the tab: plain text. */
  readonly title: string;
  /** HTML that follows the heading. Whatever came from elsewhere must have passed `escapeHtml`. */
  readonly main: string;
  /** HTML for the head, such as what a messenger shows of a shared link. */
  readonly head?: string;
}

export interface Page {
  /** What the page may do: show itself and send its own form. No script, no frame around it, no referrer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly render: (content: PageContent) => string;
}

/** One of the pages that customers reach from a message: one card in the middle, one look, no script. */
export function definePage({ style = '', images = false }: PageOptions = {}): Page {
  const css = commonStyle + style;
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyOf(css, images),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
    render: ({ language, brand, title, main, head = '' }) => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
${head}<style>${css}</style>
</head>
<body>
<main>
<p class="brand">${escapeHtml(brand)}</p>
<h1>${escapeHtml(title)}</h1>
${main}</main>
</body>
</html>
`,
  };
}

/**
 * Takes a customer's locale or an `Accept-Language` header, and gives the language of ours that it wants most; English for
 * all others. Weights: RFC 9110, 12.4.2.
 */
export function pageLanguage(wanted = 'en'): PageLanguage {
  const ours = wanted.split(',').flatMap(wantedLanguage);
  return ours.sort((one, other) => other.weight - one.weight)[0]?.language ?? 'en';
}

function wantedLanguage(range: string): { language: PageLanguage; weight: number }[] {
  const [tag = '', ...parameters] = range.toLowerCase().split(';');
  const language = pageLanguages.find((one) => tag.trim().split('-')[0] === one);
  const quality = parameters.map((parameter) => /^\s*q\s*=\s*([01](\.\d*)?)\s*$/.exec(parameter)?.[1]);
  const weight = Number(quality.find((one) => one !== undefined) ?? 1);
  return language === undefined || weight === 0 ? [] : [{ language, weight }];
}

/** For text and for attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The style by its hash: another one, put in by whatever trick, has no effect. */
function policyOf(css: string, images: boolean): string {
  const hash = createHash('sha256').update(css).digest('base64');
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    ...(images ? ['img-src https:'] : []),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const commonStyle = `
  :root { color-scheme: light dark; --ink: #1d2b25; --soft: #56665d; --paper: #f3f6f4; --card: #fff; --line: #d5ddd8;
    --edge: #7b8981; --accent: #1f5c46; --on-accent: #fff; --focus: #2f7d5f; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6eee9; --soft: #a8b7ae; --paper: #121815; --card: #1d2521;
    --line: #36413b; --edge: #85948b; --accent: #8fd3b0; --on-accent: #10201a; --focus: #b5e8cd; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--paper);
    color: var(--ink); font: 1.0625rem/1.6 system-ui, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif; word-break: keep-all;
    overflow-wrap: anywhere; }
  main { width: 100%; max-width: 30rem; padding: 2rem; border-radius: .75rem; background: var(--card); }
  @media (max-width: 26rem) { body { padding: .75rem; } main { padding: 1.5rem 1.25rem; } }
  .brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .9375rem; }
  h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.3; }
  p { margin: 0; }
  a { color: inherit; text-underline-offset: .2em; }
  .after { margin-top: 1.75rem; color: var(--soft); font-size: .9375rem; }
  form { display: grid; gap: .75rem; margin-top: 1.75rem; }
  button, .button { display: block; width: 100%; min-height: 3rem; padding: .75rem 1rem; border: 1px solid var(--accent);
    border-radius: .5rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
    text-align: center; text-decoration: none; cursor: pointer; }
  button.quiet, .button.quiet { border-color: var(--edge); background: none; color: var(--ink); font-weight: 400; }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: .25rem; }
`;
