import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, type CheckoutCopy } from './checkout-copy.ts';
import { commandLines, documents, readCodeBlocks, type CodeBlock } from './code-blocks.ts';

/** Commands that need nothing to be running. What they do elsewhere in the documents is known from here. */
const standalone = /^npx (vitest run|perennial (new|check|preview|simulate|release|replay --recorded)\b)/;

const done = new Set<string>();
let copy: CheckoutCopy;
beforeAll(async () => {
  copy = await copyCheckout();
});
afterAll(() => copy.remove());

const readingOrder = [
  'README.md',
  'docs/guides/write-a-journey.md',
  'docs/guides/write-a-message.md',
  'docs/guides/connect-a-shop.md',
  'docs/guides/bring-history.md',
  'docs/guides/connect-twilio.md',
  'docs/guides/connect-sendgrid.md',
  'docs/guides/hear-back.md',
  'docs/guides/leaving.md',
  'docs/guides/send-a-campaign.md',
  'docs/guides/run-on-a-cluster.md',
  'docs/guides/see-why.md',
  'docs/guides/read-reports.md',
  'docs/guides/what-is-kept.md',
];

describe('a newcomer who follows the guides from the top to the bottom', () => {
  const steps = readCodeBlocks()
    .filter(({ document }) => readingOrder.includes(document))
    .filter(({ language, note }) => language === 'sh' || (note !== undefined && note.says !== 'from'))
    .sort((a, b) => readingOrder.indexOf(a.document) - readingOrder.indexOf(b.document));

  it.each(steps)('gets on at $place', { timeout: 120_000 }, async (block) => {
    if (block.note?.says === 'as') await write(block.note.file, block.text);
    else if (block.note?.says === 'made') expect(await read(block.note.file)).toBe(block.text);
    else await runStandalone(block);
  });

  it('finds every guide in the order of reading', () => {
    expect(documents.filter((path) => path.startsWith('docs/guides/') && !readingOrder.includes(path))).toEqual([]);
  });

  it('has written what the type-check, the lint and prettier accept', { timeout: 120_000 }, async () => {
    const { output } = await copy.run(`npx tsc --noEmit || true
      npx oxlint --type-aware --format unix workflows templates tests/journeys || true
      npx prettier --list-different workflows templates tests/journeys || true`);
    expect(output.split('\n').filter((line) => line.includes('care-tips'))).toEqual([]);
  });
});

/** What was run before is not run again, unless something was written since. */
async function runStandalone(block: CodeBlock): Promise<void> {
  const script = commandLines(block).filter((line) => standalone.test(line) && !done.has(line));
  for (const line of script) done.add(line);
  if (script.length === 0) return;
  const { exitCode, output } = await copy.run(script.join('\n'));
  expect(exitCode, `${script.join('\n')}\n${output}`).toBe(0);
}

async function write(file: string, text: string): Promise<void> {
  for (const line of done) if (!line.includes(' new ')) done.delete(line);
  await mkdir(dirname(join(copy.folder, file)), { recursive: true });
  await writeFile(join(copy.folder, file), text);
}

function read(file: string): Promise<string> {
  return readFile(join(copy.folder, file), 'utf8');
}
