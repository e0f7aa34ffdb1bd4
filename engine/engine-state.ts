import { join } from 'node:path';
import { z } from 'zod';

import { readState, removeState, writeState } from './state-file.ts';

const temporalSchema = z.object({
  pid: z.number(),
  began: z.string(),
  port: z.number(),
  uiPort: z.number(),
  executable: z.string(),
});

const postgresSchema = z.object({
  pid: z.number(),
  began: z.string(),
  port: z.number(),
  /** With its password: the file is readable by its owner only. */
  url: z.string(),
  data: z.string(),
});

const stateSchema = z.object({
  checkout: z.string(),
  namespace: z.string(),
  /** The process that wrote this; what an earlier one left says nothing about now. */
  owner: z.number(),
  /** True once everything answered; before that nobody may attach. */
  ready: z.boolean(),
  /** True when it was told to run without the one who started it. */
  background: z.boolean(),
  temporal: temporalSchema.optional(),
  postgres: postgresSchema.optional(),
});

export type RunningTemporal = z.infer<typeof temporalSchema>;
export type RunningPostgres = z.infer<typeof postgresSchema>;

/**
 * What runs for a data folder, as last written down. Only a hint: whoever reads it looks whether
 * the processes are still the same ones.
 */
export type EngineState = z.infer<typeof stateSchema>;

export function readEngineState(dataFolder: string): EngineState | undefined {
  return readState(stateFile(dataFolder), stateSchema);
}

export function writeEngineState(dataFolder: string, state: EngineState): void {
  writeState(stateFile(dataFolder), state);
}

export function removeEngineState(dataFolder: string): void {
  removeState(stateFile(dataFolder));
}

export function temporalAddress(temporal: RunningTemporal): string {
  return `127.0.0.1:${temporal.port}`;
}

export function temporalUiUrl(temporal: RunningTemporal): string {
  return `http://127.0.0.1:${temporal.uiPort}`;
}

/** Held by the one process that starts, watches and stops the engine of this data folder. */
export function engineLockFile(dataFolder: string): string {
  return join(dataFolder, 'engine.lock');
}

function stateFile(dataFolder: string): string {
  return join(dataFolder, 'engine.json');
}
