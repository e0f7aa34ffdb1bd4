import type { JourneyTypeName, Happening, RunInput } from '../domain/journey.ts';
import type { Instant } from '../domain/instant.ts';

/** A run as the dispatcher names it: everything that is needed to start it, or to find it again. */
export interface Run {
  readonly runId: string;
  readonly type: JourneyTypeName;
  readonly input: RunInput;
  /** When its story begins; until then it costs nothing. */
  readonly startAt: Instant;
}

/**
 * How runs are started and told of what happened.
 *
 * Both calls may be repeated: a second start of the same run changes nothing, and a run recognises a happening that it
 * has been told before by its outbox id. They reject with `engine-unreachable` when no run can be reached at the moment,
 * and with anything else when this very run cannot.
 */
export interface RunGateway {
  start(run: Run): Promise<'started' | 'already-started'>;
  /** `finished`: there is no such run any more, so nobody has heard it. */
  tell(run: Run, happening: Happening): Promise<'told' | 'finished'>;
}

/** Whether a run is still there; `unknown` when the engine has never heard of it, or no longer remembers. */
export interface RunLookup {
  lookUp(runId: string): Promise<'running' | 'closed' | 'unknown'>;
}
