import { execFileSync } from 'node:child_process';

/** A user of the system under which a program runs. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. For root: the user `postgres`, or else `nobody`.
 * For anybody else: undefined, it runs as who asks.
 */
export function accountForPostgres(): Account | undefined {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return undefined;
  return accountNamed('postgres') ?? accountNamed('nobody');
}

function accountNamed(name: string): Account | undefined {
  try {
    return { uid: idOf('-u', name), gid: idOf('-g', name) };
  } catch {
    return undefined;
  }
}

function idOf(kind: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [kind, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}
