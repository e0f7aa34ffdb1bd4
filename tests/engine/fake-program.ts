import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A shell script under this name, in a folder that goes on a PATH. */
export function fakeProgram(folder: string, name: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** No program at all but the given ones, and no network to download one from. */
export function bareEnvironment(path: string): Record<string, string> {
  const nobody = 'http://127.0.0.1:9';
  return { PATH: path, HTTPS_PROXY: nobody, HTTP_PROXY: nobody, ALL_PROXY: nobody };
}
