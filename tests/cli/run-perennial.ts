import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runProgram } from '../../cli/run-program.ts';
import type { Database } from '../../store/database.ts';
import { createTestDatabase } from '../kit/database.ts';

/** A shop with a database of its own, and the command line as it is typed there. */
export interface CommandShop {
  readonly db: Database;
  /** Writes a file beside the shop; its path. */
  readonly file: (name: string, content: string | Buffer) => Promise<string>;
  readonly path: (name: string) => string;
  readonly run: (...words: readonly string[]) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

export interface Ran {
  readonly exitCode: number;
  /** Standard output. */
  readonly said: string;
  /** Standard error. */
  readonly noted: string;
}

export async function openCommandShop(): Promise<CommandShop> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'perennial-commands-'));
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('PERENNIAL_DATA', folder);
  return {
    db: database.db,
    path: (name) => join(folder, name),
    async file(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    run,
    async close() {
      vi.unstubAllEnvs();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The command itself, without the second that a process of its own would take. */
export async function run(...words: readonly string[]): Promise<Ran> {
  const ran = { said: '', noted: '' };
  const keep = (where: 'said' | 'noted') => (chunk: string | Uint8Array) => {
    ran[where] += String(chunk);
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep('said'));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep('noted'));
  try {
    await runProgram(words);
    return { ...ran, exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = 0;
    out.mockRestore();
    err.mockRestore();
  }
}
