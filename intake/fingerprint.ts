import { createHash } from 'node:crypto';

/** What tells two contents under one event id apart: SHA-256 of the content as `canonicalJson` writes it. */
export function fingerprintOfJson(canonical: string): Buffer {
  return createHash('sha256').update(canonical).digest();
}

/** JSON in which the order of keys does not matter. Written with loops: every event passes here. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(fields).sort()) {
    const part = fields[key];
    if (part === undefined) continue;
    text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
}

/** Events have the same few keys over and over; what else a shop may write as a key is not kept. */
const mostKeys = 1000;
const quotedKeys = new Map<string, string>();

function quoted(key: string): string {
  const known = quotedKeys.get(key);
  if (known !== undefined) return known;
  const json = JSON.stringify(key);
  if (quotedKeys.size < mostKeys && key.length <= 40) quotedKeys.set(key, json);
  return json;
}
