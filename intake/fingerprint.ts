import { createHash } from 'node:crypto';

/** What tells two contents under one event id apart: SHA-256 of the content with its keys in alphabetical order. */
export function fingerprintOf(content: unknown): Buffer {
  return fingerprintOfJson(canonicalJson(content));
}

/** The same for content that is written canonically already. */
export function fingerprintOfJson(canonical: string): Buffer {
  return createHash('sha256').update(canonical).digest();
}

/** JSON in which the order of keys does not matter. Written with loops: every event passes here. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const part: unknown = Reflect.get(value, key);
    if (part === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
}
