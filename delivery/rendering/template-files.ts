import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ChannelName } from '../../domain/channel-name.ts';

/** The words of all messages: every `.mjml`, `.hbs` and `whatsapp.json` file of a folder by its path in it, with forward slashes. */
export interface TemplateFiles {
  readonly folder: string;
  readonly sources: ReadonlyMap<string, string>;
  /** Folders that hold a `message.ts`. */
  readonly messages: readonly string[];
}

/** What a message must have in each language to go by a channel. */
export const filesOfChannel = {
  email: ['email.mjml', 'subject.hbs'],
  sms: ['sms.hbs'],
  whatsapp: ['whatsapp.json'],
} as const satisfies Record<ChannelName, readonly string[]>;

export async function readTemplateFiles(folder: string): Promise<TemplateFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const wanted = paths.filter((path) => /\.(mjml|hbs)$|\/whatsapp\.json$/.test(path));
  const texts = await Promise.all(wanted.map((path) => readFile(join(folder, path), 'utf8')));
  return {
    folder,
    sources: new Map(wanted.map((path, index) => [path, (texts[index] ?? '').replace(/\r\n?/g, '\n')])),
    messages: paths
      .filter((path) => /^[^/]+\/message\.ts$/.test(path))
      .map((path) => path.slice(0, -'/message.ts'.length)),
  };
}

/** The languages in which a message has any words, from its folders. */
export function languagesOf(files: TemplateFiles, message: string): string[] {
  const found = [...files.sources.keys()]
    .filter((path) => path.startsWith(`${message}/`))
    .map((path) => path.split('/')[1] ?? '');
  return [...new Set(found)];
}
