import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { EngineSurroundings } from '../../config/engine-folders.ts';
import { runProgram } from '../run-program.ts';
import { neededCliVersion } from './temporal-version.ts';

const limitMs = 90_000;

/**
 * The Temporal CLI as the SDK downloads it, kept in the cache folder. Undefined when there is no
 * network, which it finds out within a second.
 *
 * The SDK can only download by starting a server, so this happens in a process of its own.
 */
export async function downloadTemporal(options: {
  checkout: string;
  surroundings: EngineSurroundings;
  onProgress: (line: string) => void;
}): Promise<string | undefined> {
  const folder = join(options.surroundings.cacheFolder, 'temporal-cli', neededCliVersion);
  const before = downloadedIn(folder);
  if (before !== undefined) return before;

  mkdirSync(folder, { recursive: true });
  options.onProgress(`Looking for the Temporal CLI ${neededCliVersion} to download …`);
  const executable = { type: 'cached-download', version: `v${neededCliVersion}`, downloadDir: folder };
  const program = `
    import { TestWorkflowEnvironment } from '@temporalio/testing';
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable: ${JSON.stringify(executable)} } });
    await environment.teardown();`;
  await runProgram(process.execPath, ['--input-type=module', '--eval', program], {
    environment: options.surroundings.environment,
    folder: options.checkout,
    limitMs,
  });
  return downloadedIn(folder);
}

function downloadedIn(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder).find(
    (file) => file.startsWith('temporal') && !file.includes('downloading'),
  );
  return name === undefined ? undefined : join(folder, name);
}
