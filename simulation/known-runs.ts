import type { Client } from '@temporalio/client';
import { ceilToSecond, type Instant } from '../domain/instant.ts';
import type { VirtualRun } from './virtual-run.ts';

/** A run on a world's timeline. */
export interface KnownRun {
  readonly run: VirtualRun;
  /** In scenario time. */
  readonly startAt: Instant;
}

/** What happens next, in scenario time. */
export interface NextStep {
  readonly at: Instant;
  readonly step: () => Promise<void>;
}

/**
 * The run that is due first. Of two that are due together, the older.
 *
 * @param clockOffset scenario time minus engine time in milliseconds
 */
export function firstDue(known: Iterable<KnownRun>, clockOffset: number): NextStep | undefined {
  let first: { readonly at: Instant; readonly run: VirtualRun } | undefined;
  for (const each of known) {
    const at = dueOf(each, clockOffset);
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, run: each.run };
  }
  if (first === undefined) return undefined;
  const { at, run } = first;
  return { at, step: () => run.step() };
}

function dueOf({ run, startAt }: KnownRun, clockOffset: number): Instant | undefined {
  const { closed, starting, due } = run.standing;
  if (closed !== undefined || due === undefined) return undefined;
  return starting ? startAt : ceilToSecond(due + clockOffset);
}

/** Ends what is still running, without a trace in the database. */
export async function terminateOpen(client: Client, known: Iterable<KnownRun>): Promise<void> {
  const open = [...known].filter(({ run }) => run.standing.closed === undefined);
  await Promise.allSettled(
    open.map(({ run }) => client.workflow.getHandle(run.runId).terminate('its world was closed')),
  );
}
