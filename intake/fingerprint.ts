import { createHash } from 'node:crypto';

/** What tells two contents under one event id apart: SHA-256 of the content with its keys in alphabetical order. */
export function fingerprintOf(content: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(content)).digest();
}

/** JSON in which the order of keys does not matter. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}
