import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../domain/error-codes.ts';

const folder = new URL('../../docs/errors/', import.meta.url);

describe('the page of an error', () => {
  it('exists for every code, and there is no page without a code', async () => {
    const pages = (await readdir(folder)).filter((file) => file !== 'README.md').map((file) => file.replace(/\.md$/, ''));
    expect(pages.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
  });

  it.each(Object.keys(errorCodes))('%s says why it happens and what to do', async (code) => {
    const page = await readFile(new URL(`${code}.md`, folder), 'utf8');
    expect(page.split('\n')[0]).toBe(`# ${code}`);
    expect(page).toMatch(/why/i);
    expect(page).toMatch(/what to do/i);
  });
});
