import { PerennialError } from '../domain/perennial-error.ts';
import { EventsRefused } from './event-problem.ts';
import type { Accepted, Intake } from './create-intake.ts';
import { parseEvents, type IncomingEvent } from './parse-event.ts';

export interface GroupCommitOptions {
  /** Most events of one transaction. Default 1,000. */
  readonly batch?: number;
  /** Transactions that may be open at once. Default 2. */
  readonly transactions?: number;
  /** How long a transaction takes, in milliseconds, before another one is opened beside it. Default 50. */
  readonly patience?: number;
  /** Most events that may wait for a transaction. Default 10,000. */
  readonly mostWaiting?: number;
}

export interface GroupCommit {
  /**
   * Accepts one event. It answers when its transaction has committed. A refusal is about this event only; any other
   * failure, such as a database that is away, is that of everything that shared the transaction: repeat unchanged.
   *
   * @throws EventsRefused as `Intake.accept` does; PerennialError `temporarily-unavailable`, retryable, when too many
   * events wait already.
   */
  accept(event: unknown): Promise<Accepted>;
}

interface Waiting {
  readonly event: IncomingEvent;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets events that come one by one share transactions: whatever arrives while others commit goes into the next one.
 * Nobody waits for company, so a lone event is as fast as it can be, and a thousand cost about as much as ten. Two
 * transactions at once would share the processors and halve the company; another one is opened only beside one that is
 * held up, by somebody's lock, say.
 */
export function createGroupCommit(
  intake: Pick<Intake, 'acceptParsed'>,
  { batch = 1000, transactions = 2, patience = 50, mostWaiting = 10_000 }: GroupCommitOptions = {},
): GroupCommit {
  const waiting: Waiting[] = [];
  let open = 0;
  /** Those among them that take longer than one has patience for. */
  let heldUp = 0;

  function commitSome(): void {
    if (open > heldUp || open >= transactions || waiting.length === 0) return;
    open += 1;
    let isHeldUp = false;
    const alarm = setTimeout(() => {
      isHeldUp = true;
      heldUp += 1;
      commitSome();
    }, patience);
    void commit(waiting.splice(0, batch)).finally(() => {
      clearTimeout(alarm);
      if (isHeldUp) heldUp -= 1;
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

  /**
   * One bad event must not fail its neighbours: the one to blame is told, the others try without it. What no event is to
   * blame for fails them all: a database that is away would otherwise be asked two thousand times for a thousand events.
   */
  async function commitApart(group: readonly Waiting[], error: unknown): Promise<void> {
    const refused = refusedPlaces(error);
    if (refused.size > 0) {
      for (const [place, one] of group.entries()) if (refused.has(place)) one.reject(asOnly(error));
      await commit(group.filter((_, place) => !refused.has(place)));
      return;
    }
    if (group.length === 1 || !mayBeOneEvents(error)) {
      for (const one of group) one.reject(error);
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
      if (waiting.length >= mostWaiting) throw tooManyWaiting(mostWaiting);
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

/** Data exceptions (class 22), broken constraints (23) and limits of the database that one event's data may exceed (54). */
const sqlStateOfData = /^(22|23|54)[0-9A-Z]{3}$/;

/** Could a single event be to blame? Its data in the database, or in code: a journey's own `key` or `unless`, say. */
function mayBeOneEvents(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    sqlStateOfData.test(error.code)
  );
}

function tooManyWaiting(most: number): PerennialError {
  return new PerennialError(
    'temporarily-unavailable',
    `More than ${most} events wait to be kept, so this one was not accepted. Send it again, unchanged, in a second.`,
    { retryable: true },
  );
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
