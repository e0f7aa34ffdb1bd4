import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** A fenced block of a document. */
export interface CodeBlock {
  /** For messages: `README.md:12`. */
  readonly place: string;
  readonly document: string;
  readonly language: string;
  readonly text: string;
  /**
   * What the HTML comment right before the block says of it:
   * - `from <file>`: its lines stand in that file of the repository, in this order and without a gap;
   * - `made <file>`: it is what a command further up has made;
   * - `as <file>`: it is a whole file that the reader writes, and it must hold where it is put.
   */
  readonly note?: { readonly says: Saying; readonly file: string };
}

const sayings = ['from', 'made', 'as'] as const;
type Saying = (typeof sayings)[number];

const fence = /(?:^<!-- (from|made|as) (\S+) -->\n+)?^```([a-z]*)\n([\s\S]*?)^```$/gm;

/** All documents that git knows or is about to know. */
export const documents: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .trim()
  .split('\n');

/** The blocks of all documents, in the order of reading. */
export function readCodeBlocks(): CodeBlock[] {
  return documents.flatMap(blocksOf);
}

function blocksOf(document: string): CodeBlock[] {
  const source = readFileSync(join(root, document), 'utf8');
  return [...source.matchAll(fence)].map((match) => {
    const [whole, says, file, language = '', text = ''] = match;
    const before = source.slice(0, match.index + whole.indexOf('```'));
    return {
      place: `${document}:${before.split('\n').length}`,
      document,
      language,
      text,
      ...noteOf(says, file),
    };
  });
}

function noteOf(word: string | undefined, file: string | undefined): Pick<CodeBlock, 'note'> {
  const says = sayings.find((saying) => saying === word);
  return says === undefined || file === undefined ? {} : { note: { says, file } };
}

/**
 * The commands of a shell block. Comments and empty lines are left out; a line that ends in a backslash, or inside single
 * quotes, goes on.
 */
export function commandLines(block: CodeBlock): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of block.text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    open = open === '' ? line.trim() : `${open} ${line.trim()}`;
    if (open.split("'").length % 2 === 0) continue;
    if (open !== '' && !open.startsWith('#')) commands.push(open);
    open = '';
  }
  return commands;
}
