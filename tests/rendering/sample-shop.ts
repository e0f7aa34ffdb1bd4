import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StandardData } from '../../domain/standard-data.ts';
import config from '../../perennial.config.ts';

export const templatesFolder = join(import.meta.dirname, '../../templates');

/** What delivery would fill in for a customer. */
export function standardFor(customer: Partial<StandardData['customer']> = {}): StandardData {
  return {
    brand: config.brand,
    customer: { name: 'Mina', hasName: true, locale: 'en-GB', timeZone: 'Europe/London', ...customer },
    links: {
      unsubscribe: 'https://shop.example/u/token',
      preferences: 'https://shop.example/p/token',
    },
  };
}

export interface TemplatesCopy {
  readonly folder: string;
  /** Replaces text in one file; refuses when it is not there, so that no mistake goes unseeded. */
  readonly edit: (file: string, from: string, to: string) => Promise<void>;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly remove: (file: string) => Promise<void>;
  readonly dispose: () => Promise<void>;
}

/** A copy of one shipped message, with its layouts and partials, to make mistakes in. */
export async function copyTemplates(): Promise<TemplatesCopy> {
  const parent = await mkdtemp(join(tmpdir(), 'perennial-templates-'));
  const folder = join(parent, 'templates');
  for (const part of ['cart-reminder', 'layouts', 'partials']) {
    await cp(join(templatesFolder, part), join(folder, part), { recursive: true });
  }
  return {
    folder,
    edit: async (file, from, to) => {
      const text = await readFile(join(folder, file), 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
      await writeFile(join(folder, file), text.replace(from, to));
    },
    write: (file, text) => writeFile(join(folder, file), text),
    remove: (file) => rm(join(folder, file), { recursive: true }),
    dispose: () => rm(parent, { recursive: true }),
  };
}
