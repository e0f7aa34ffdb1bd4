import { readFileSync } from 'node:fs';

/** A user of the system, by numbers. */
export interface SystemAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Then it runs as `postgres` where that user exists, else as
 * `nobody`; undefined means that it can run as whoever asks.
 */
export function accountForPostgres(): SystemAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  return (
    accountNamed('postgres', accounts) ?? accountNamed('nobody', accounts) ?? { uid: 65_534, gid: 65_534 }
  );
}

/** A line is `name:password:uid:gid:…`; macOS writes nobody's number as -2, which is the same as 2^32 - 2. */
function accountNamed(name: string, lines: readonly string[]): SystemAccount | undefined {
  const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
  if (fields === undefined) return undefined;
  return { uid: Number(fields[2]) >>> 0, gid: Number(fields[3]) >>> 0 };
}
