import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { makeFolder } from './make-folder.ts';

/**
 * The secret that signs links: `PERENNIAL_SECRET`, else one that is made once and kept in the data folder, readable by its
 * owner alone. All processes of a shop must have the same, or links of one are forged to the other.
 */
export async function readSecret(environment: Pick<Environment, 'secret' | 'dataFolder'>): Promise<string> {
  if (environment.secret !== undefined) return environment.secret;
  const file = join(environment.dataFolder, 'secret');
  const kept = await readIfThere(file);
  if (kept !== undefined) return kept;
  makeFolder(environment.dataFolder);
  const made = `${file}.${process.pid}`;
  await writeFile(made, randomBytes(32).toString('base64url'), { mode: 0o600 });
  // Two processes may make one at the same time: the first link stands, the second is refused.
  await link(made, file).catch(() => undefined);
  await rm(made, { force: true });
  return readFile(file, 'utf8');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
