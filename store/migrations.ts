import { readdir, readFile } from 'node:fs/promises';

const folder = new URL('./migrations/', import.meta.url);
const numbered = /^\d{4}-[a-z0-9-]+\.sql$/;

/** One numbered file of `store/migrations/`. Its name is what the database remembers, so a file is never renamed. */
export interface Migration {
  readonly name: string;
  readonly text: string;
}

/** All migrations of this version of Perennial, in order. */
export async function listMigrations(): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => numbered.test(file)).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/\.sql$/, ''),
      text: await readFile(new URL(file, folder), 'utf8'),
    })),
  );
}
