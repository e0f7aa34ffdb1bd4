import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the engine takes from its surroundings: where it may cache, and where programs are found. */
export interface EngineSurroundings {
  /** Folder that outlives checkouts; the Temporal server that was built is kept here. */
  readonly cacheFolder: string;
  /** The environment that child programs (go, temporal, initdb) get. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads the environment: XDG_CACHE_HOME, else ~/.cache; PATH and all else are handed on to children. */
export function engineSurroundings(): EngineSurroundings {
  const environment = { ...process.env };
  const cacheHome = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return { cacheFolder: join(cacheHome, 'perennial'), environment };
}
