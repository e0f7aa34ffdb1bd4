import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { type ReplayResult as EngineResult, Worker } from '@temporalio/worker';
import { bundleJourneys, type JourneyBundle } from './bundle.ts';

/** How one history fared against the stories of the working copy. */
export interface ReplayResult {
  readonly run: string;
  /** Absent when the story does today what it did then. */
  readonly difference?: string;
}

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

export interface ReplayRecordedOptions {
  readonly checkout: string;
  /** Only those whose file name begins so, such as `abandoned-cart@1`. Default: all. */
  readonly of?: string;
}

/** Replays the histories that were recorded into `tests/histories/`; needs no server. */
export async function replayRecorded({ checkout, of = '' }: ReplayRecordedOptions): Promise<ReplayResult[]> {
  const folder = join(checkout, 'tests/histories');
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.startsWith(of) && name.endsWith('.json'))
    .sort();
  if (names.length === 0) return [];
  const bundle = await bundleJourneys({ entry: join(checkout, 'workflows/index.ts') });
  return replayAll(recorded(folder, names), bundle);
}

export interface ReplayRunningOptions {
  readonly bundle?: JourneyBundle;
  /** Most runs to look at. Default 1,000. */
  readonly limit?: number;
  /** A Temporal list filter; default: the runs that are alive. */
  readonly query?: string;
}

/**
 * Replays the histories of real runs against the working copy, before it is deployed. Read-only: the runs notice
 * nothing.
 */
export async function replay(client: Client, options: ReplayRunningOptions = {}): Promise<ReplayResult[]> {
  const { bundle = await bundleJourneys(), limit = 1000, query = "ExecutionStatus = 'Running'" } = options;
  return replayAll(running(client, query, limit), bundle);
}

async function replayAll(histories: Histories, workflowBundle: JourneyBundle): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories({ workflowBundle }, histories)) {
    results.push(resultOf(result));
  }
  return results;
}

function resultOf({ workflowId: run, error }: EngineResult): ReplayResult {
  return error === undefined ? { run } : { run, difference: error.message };
}

async function* recorded(folder: string, names: readonly string[]) {
  for (const name of names) {
    const history = historyFromJSON(JSON.parse(await readFile(join(folder, name), 'utf8')));
    yield { workflowId: name.replace('.json', ''), history };
  }
}

async function* running(client: Client, query: string, limit: number) {
  let count = 0;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    count += 1;
    if (count > limit) return;
    yield { workflowId, history: await client.workflow.getHandle(workflowId, runId).fetchHistory() };
  }
}
