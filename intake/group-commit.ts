import { EventsRefused } from './event-problem.ts';
import type { Accepted, Intake } from './create-intake.ts';
import { parseEvents, type IncomingEvent } from './parse-event.ts';

export interface GroupCommitOptions {
  /** Most events of one transaction. Default 1,000. */
  readonly batch?: number;
  /** Transactions that may be open at once. Default 2. */
  readonly transactions?: number;
}

export interface GroupCommit {
  /** Accepts one event. It answers when its transaction has committed; errors are about this event only. */
  accept(event: unknown): Promise<Accepted>;
}

interface Waiting {
  readonly event: IncomingEvent;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets events that come one by one share transactions: whatever arrives while others commit goes into the next one.
 * Nobody waits for company, so a lone event is as fast as it can be, and a thousand cost about as much as ten.
 */
export function createGroupCommit(
  intake: Pick<Intake, 'acceptParsed'>,
  { batch = 1000, transactions = 2 }: GroupCommitOptions = {},
): GroupCommit {
  const waiting: Waiting[] = [];
  let open = 0;

  function commitSome(): void {
    if (open >= transactions || waiting.length === 0) return;
    open += 1;
    void commit(waiting.splice(0, batch)).finally(() => {
      open -= 1;
      commitSome();
    });
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    try {
      const accepted = await intake.acceptParsed(group.map(({ event }) => event));
      for (const [place, one] of group.entries()) settle(one, accepted[place]);
    } catch (error) {
      await commitApart(group, error);
    }
  }

  /** One bad event must not fail its neighbours: the one to blame is told, the others try without it. */
  async function commitApart(group: readonly Waiting[], error: unknown): Promise<void> {
    if (group.length === 1) {
      group[0]?.reject(error);
      return;
    }
    const refused = refusedPlaces(error);
    if (refused.size > 0) {
      for (const [place, one] of group.entries()) if (refused.has(place)) one.reject(asOnly(error));
      await commit(group.filter((_, place) => !refused.has(place)));
      return;
    }
    const middle = Math.ceil(group.length / 2);
    await commit(group.slice(0, middle));
    await commit(group.slice(middle));
  }

  return {
    async accept(raw) {
      const [event] = parseEvents([raw]);
      if (event === undefined) throw new TypeError('One event in, one event out.');
      return new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject });
        commitSome();
      });
    },
  };
}

function settle(one: Waiting, accepted: Accepted | undefined): void {
  if (accepted === undefined)
    one.reject(new TypeError('The intake answered for fewer events than it was given.'));
  else one.resolve(accepted);
}

function refusedPlaces(error: unknown): ReadonlySet<number> {
  return new Set(error instanceof EventsRefused ? error.problems.map((problem) => problem.index) : []);
}

/** The caller sent one event: its place in our batch is none of their business. */
function asOnly(error: unknown): unknown {
  if (!(error instanceof EventsRefused)) return error;
  return new EventsRefused(
    error.code,
    error.problems.map((problem) => ({ ...problem, index: 0 })),
  );
}
