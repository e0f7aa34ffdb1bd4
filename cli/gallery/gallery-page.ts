import { escapeHtml } from '../../http/page.ts';
import type { Exhibit } from './list-exhibits.ts';

/** A phone, and the width for which most mail programs make room. */
export const widths = [375, 640] as const;

/**
 * All exhibits on one page that needs nothing else: no script, no file beside it. Each mail stands in a frame of its own
 * that may do nothing but show it.
 */
export function galleryPage(brand: string, exhibits: readonly Exhibit[]): string {
  const names = [...new Set(exhibits.map(({ message }) => message))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(brand)}: every message</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(brand)}: every message</h1>
<p>In each language, as a customer of whom everything is known would see it, and one of whom nothing is.</p>
<nav aria-label="Messages"><ul>
${names.map((name) => `<li><a href="#${name}">${escapeHtml(name)}</a></li>`).join('\n')}
</ul></nav>
</header>
<main>
${names
  .map((name) =>
    messageSection(
      name,
      exhibits.filter(({ message }) => message === name),
    ),
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

function messageSection(name: string, exhibits: readonly Exhibit[]): string {
  return `<section id="${name}" aria-labelledby="${name}-name">
<h2 id="${name}-name">${escapeHtml(name)}</h2>
${exhibits.map(exhibitArticle).join('\n')}
</section>`;
}

function exhibitArticle({ message, language, sample, country, rendered, cost }: Exhibit): string {
  const facts = [
    language,
    rendered.channel,
    sample === 'full' ? 'full data' : 'least data',
    `law of ${country}`,
  ];
  const label = `${message}, ${facts.join(', ')}`;
  const heading = `<h3>${facts.map((fact) => `<span>${escapeHtml(fact)}</span>`).join(' ')}</h3>`;
  switch (rendered.channel) {
    case 'email':
      return `<article data-channel="email">${heading}
<p class="subject" lang="${language}">${escapeHtml(rendered.subject)}</p>
<div class="frames" tabindex="0" role="group" aria-label="${escapeHtml(label)}">
${widths.map((width) => mailFrame(rendered.html, width, label)).join('\n')}
</div></article>`;
    case 'sms':
      return `<article data-channel="sms">${heading}
<p class="words" lang="${language}">${escapeHtml(rendered.text)}</p>
<p class="facts">${rendered.segments} segment${rendered.segments === 1 ? '' : 's'}${cost === undefined ? '' : `, about ${escapeHtml(cost)}`}</p></article>`;
    case 'whatsapp':
      return `<article data-channel="whatsapp">${heading}
<p class="words" lang="${language}">${escapeHtml(rendered.text)}</p>
<p class="facts">${rendered.category} template</p></article>`;
    default:
      return rendered satisfies never;
  }
}

function mailFrame(html: string, width: number, label: string): string {
  return `<figure><figcaption>${width} px</figcaption><iframe class="w${width}" sandbox="" loading="lazy" title="${escapeHtml(`${label}, ${width} px`)}" srcdoc="${escapeHtml(html)}"></iframe></figure>`;
}

const style = `
  :root { color-scheme: light dark; --ink: #1d2b25; --soft: #56665d; --paper: #f3f6f4; --card: #fff; --line: #d5ddd8; --focus: #2f7d5f; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6eee9; --soft: #a8b7ae; --paper: #121815; --card: #1d2521; --line: #36413b; --focus: #b5e8cd; } }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 72rem; padding: 1.25rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.6 system-ui, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif; word-break: keep-all; overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.25rem; margin: 2.5rem 0 1rem; }
  h3 { margin: 0 0 .5rem; font-size: .875rem; font-weight: 400; color: var(--soft); }
  h3 span { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; }
  nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
  a { color: inherit; text-underline-offset: .2em; }
  article { margin: 0 0 1rem; padding: 1rem; border-radius: .75rem; background: var(--card); }
  .subject { margin: 0 0 .75rem; font-weight: 600; }
  .words { margin: 0 0 .5rem; max-width: 30rem; white-space: pre-line; }
  .facts, figcaption { margin: 0; color: var(--soft); font-size: .875rem; }
  .frames { display: flex; gap: 1rem; overflow-x: auto; }
  figure { margin: 0; flex: none; }
  iframe { display: block; height: 44rem; border: 1px solid var(--line); border-radius: .25rem; background: #fff; }
  .w375 { width: 375px; } .w640 { width: 640px; }
  @media (max-width: 30rem) { body { padding: 0; } header, h2 { padding: 0 1rem; } article { border-radius: 0; }
    article > .frames { margin: 0 -1rem; } figcaption { padding-left: 1rem; } }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: .25rem; }
`;

/** Mails carry their own styles, so styles are free; frames inherit this policy, and their sandbox takes all else away. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src https: data:',
  "form-action 'none'",
  "base-uri 'none'",
].join('; ');
