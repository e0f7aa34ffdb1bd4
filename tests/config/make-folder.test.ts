import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../config/make-folder.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'perennial-folder-'));
});

afterEach(() => rmSync(home, { recursive: true }));

describe('A folder that is needed', () => {
  it('is made with those above it, and twice is once', () => {
    makeFolder(join(home, 'a/b/c'));
    makeFolder(join(home, 'a/b/c'));
    expect(existsSync(join(home, 'a/b/c'))).toBe(true);
  });

  it('is refused by name when a file is in the way', () => {
    writeFileSync(join(home, 'file'), '');
    expect(() => makeFolder(join(home, 'file'))).toThrow(
      expect.objectContaining({ code: 'folder-unusable', message: expect.stringContaining('file') }),
    );
    expect(() => makeFolder(join(home, 'file/below'))).toThrow(
      expect.objectContaining({ code: 'folder-unusable' }),
    );
  });

  it.runIf(existsSync('/proc'))(
    'does not try for ever where the system says that there is no such place',
    () => {
      expect(() => makeFolder('/proc/perennial/data')).toThrow(
        expect.objectContaining({ code: 'folder-unusable' }),
      );
    },
  );
});
