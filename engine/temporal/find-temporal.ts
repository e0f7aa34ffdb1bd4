import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { engineSurroundings, type EngineSurroundings } from '../../config/engine-folders.ts';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { buildTemporal, builtTemporal, type BuildOptions } from './build-temporal.ts';
import { downloadTemporal } from './download-temporal.ts';
import { neededServerVersion, temporalVersion, tooOldError } from './temporal-version.ts';

export interface TemporalProgram {
  readonly executable: string;
  readonly origin: 'built' | 'path' | 'download';
  /** Of the server inside. */
  readonly version: string;
}

/**
 * A Temporal server for this machine, the cheapest first: the one built before, `temporal` on the
 * PATH if it is new enough, the SDK's download, and at last a build with Go (about five minutes).
 *
 * @throws PerennialError what `buildTemporal` throws; `engine-temporal-too-old` when the only thing
 *   between this machine and a server is an old `temporal`
 */
export async function findOrBuildTemporal(options: BuildOptions): Promise<TemporalProgram> {
  const surroundings = options.surroundings ?? engineSurroundings();
  const built = builtTemporal(options.checkout, surroundings);
  if (built.exists) return { executable: built.executable, origin: 'built', version: neededServerVersion };

  const onPath = await temporalOnPath(surroundings);
  if (onPath?.isNewEnough) return { executable: onPath.executable, origin: 'path', version: onPath.server };

  const onProgress = options.onProgress ?? (() => {});
  if (onPath !== undefined) {
    onProgress(`${onPath.executable} is too old (${onPath.said}); looking for another Temporal server.`);
  }
  const downloaded = await downloadTemporal({ checkout: options.checkout, surroundings, onProgress });
  if (downloaded !== undefined) {
    const version = await temporalVersion(downloaded, surroundings.environment);
    if (version?.isNewEnough) return { executable: downloaded, origin: 'download', version: version.server };
  }

  try {
    const executable = await buildTemporal({ ...options, surroundings });
    return { executable, origin: 'built', version: neededServerVersion };
  } catch (error) {
    const hasOnlyAnOldOne =
      onPath !== undefined && isPerennialError(error) && error.code === 'engine-go-missing';
    throw hasOnlyAnOldOne ? tooOldError(onPath) : error;
  }
}

async function temporalOnPath(surroundings: EngineSurroundings) {
  const executable = (surroundings.environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'))
    .find((candidate) => existsSync(candidate));
  if (executable === undefined) return undefined;
  const version = await temporalVersion(executable, surroundings.environment);
  return version && { executable, ...version };
}
