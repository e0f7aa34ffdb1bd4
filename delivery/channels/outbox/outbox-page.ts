import { toIso } from '../../../domain/instant.ts';
import type { Outgoing } from '../channel.ts';

/**
 * The list of the outbox is a script of one line per message, which any number of processes may append to and which a
 * page can read from a `file:` address. The page itself never changes.
 */
export function listEntry({ sendId, at, content, to, origin, message }: Outgoing): string {
  const entry = {
    id: sendId,
    at: toIso(at),
    channel: content.channel,
    to: to.address,
    subject: content.channel === 'email' ? content.subject : content.text,
    language: content.language,
    origin,
    message,
  };
  return `messages.push(${scriptText(JSON.stringify(entry))});\n`;
}

/** JSON is JavaScript but for two line separators, and `</script` must not end anything should it ever be inlined. */
function scriptText(json: string): string {
  return json.replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** All words of a message are set as text, never as HTML: a subject with markup in it is shown, not obeyed. */
export const outboxPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Outbox</title>
<style>
  :root { --ink: #1d2b25; --soft: #64736b; --line: #dfe6e1; --paper: #fbfcfb; --leaf: #1f5c46; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6eee9; --soft: #97a79e; --line: #2c3a33; --paper: #141a17; --leaf: #7fc4a4; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
  h1 { margin: 0 0 .25rem; font-size: 1.5rem; }
  p { margin: 0 0 1.5rem; color: var(--soft); }
  ol { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }
  li { display: grid; grid-template-columns: 10.5rem 1fr auto; gap: .125rem 1.25rem; padding: .875rem 0; border-bottom: 1px solid var(--line); }
  time, .about { color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
  time { grid-row: span 2; }
  .subject { font-weight: 600; overflow-wrap: anywhere; }
  .about { grid-column: 2; overflow-wrap: anywhere; }
  nav { grid-column: 3; grid-row: 1; display: flex; gap: .875rem; white-space: nowrap; font-size: .875rem; }
  a { color: var(--leaf); }
  @media (max-width: 40rem) {
    li { grid-template-columns: 1fr; }
    time, .about, nav { grid-column: 1; grid-row: auto; }
  }
</style>
<main>
  <h1>Outbox</h1>
  <p id="count">Nothing has been sent yet.</p>
  <ol id="list"></ol>
</main>
<script>const messages = [];</script>
<script src="messages.js"></script>
<script>
  // A message that was sent again has the same id; its last line counts.
  const latest = [...new Map(messages.map((each) => [each.id, each])).values()];
  latest.sort((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };
  const link = (text, href) => {
    const made = element('a', '', text);
    made.href = href;
    return made;
  };
  for (const each of latest) {
    const item = document.createElement('li');
    const time = element('time', '', each.at.slice(0, 16).replace('T', ' ') + ' UTC');
    const subject = element('span', 'subject', each.subject);
    subject.lang = each.language;
    const links = document.createElement('nav');
    if (each.channel === 'email') {
      links.append(link('open', each.id + '.html'), link('text', each.id + '.txt'), link('eml', each.id + '.eml'));
    } else {
      links.append(link('text', each.id + '.sms.txt'));
    }
    const about = [each.channel, each.to, each.origin, each.message, each.language].join(' · ');
    item.append(time, subject, links, element('span', 'about', about));
    document.getElementById('list').append(item);
  }
  if (latest.length > 0) {
    const count = latest.length === 1 ? '1 message' : latest.length + ' messages';
    document.getElementById('count').textContent = count + ', newest first. Times are those of the shop\\u2019s clock.';
  }
</script>
</html>
`;
