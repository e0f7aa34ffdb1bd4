import { readFileSync } from 'node:fs';

/** A user of the system under which a program runs, by numbers. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root: the user `postgres`, or else `nobody`.
 * For anybody else undefined: it runs as who asks.
 */
export function accountForPostgres(): Account | undefined {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return accountNamed('postgres', lines) ?? accountNamed('nobody', lines) ?? { uid: 65_534, gid: 65_534 };
}

/** A line is `name:password:uid:gid:…`; macOS writes nobody's number as -2, which is the same as 2^32 - 2. */
function accountNamed(name: string, lines: readonly string[]): Account | undefined {
  const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
  if (fields === undefined) return undefined;
  return { uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 };
}
