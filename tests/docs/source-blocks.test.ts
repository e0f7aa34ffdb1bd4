import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCodeBlocks, root } from './code-blocks.ts';

const blocks = readCodeBlocks();
const freeText = new Set(['text', 'sh', 'json', 'mermaid']);

describe('source code in a document', () => {
  it.each(blocks.filter(({ note }) => note?.says === 'from'))(
    '$place is what stands in the file that it names',
    ({ note, text }) => {
      const lines = (source: string) => source.split('\n').map((line) => line.trim());
      const file = lines(readFileSync(join(root, note?.file ?? ''), 'utf8')).join('\n');
      expect(file).toContain(lines(text).join('\n').trim());
    },
  );

  it('always says where it stands or where it goes', () => {
    const silent = blocks.filter(({ language, note }) => !freeText.has(language) && note === undefined);
    expect(silent.map(({ place, language }) => `${place} ${language}`)).toEqual([]);
  });

  it('is in a language that somebody checks', () => {
    const languages = [...new Set(blocks.map(({ language }) => language))];
    expect(languages.filter((language) => !['ts', 'hbs', 'mjml', ...freeText].includes(language))).toEqual([]);
  });
});
