import { floorToSecond, type Instant } from '../domain/instant.ts';

/** A wake-up this soon after its deadline is on time: the story goes on as if no moment had been lost. */
const onTime = 5000;
/** Clocks of two machines differ a little: what is this close has come. */
const nearly = 1000;

/** The run's own time. */
export interface RunClock {
  /** The instant by which the story reckons. */
  now(): Instant;
  /** The instant by which timers reckon. */
  exactly(): Instant;
  /** The story has been woken for `instant`, so that is what its clock shows while it acts. */
  reached(instant: Instant): void;
  /** True while the start is still to come: a happening woke the run before its time. */
  isEarly(): boolean;
  readonly startsAt: Instant;
}

/**
 * A clock that does not drift. Whatever a story reckons (`now + 20 hours`) begins at the instant for which it was woken,
 * not at the one at which a worker got round to it; so two journeys that compete for one customer keep their order,
 * and a simulation repeats to the second. A run that really is late (a worker was down) sees the true time.
 *
 * @param dueAt the business instant at which the story begins
 * @param offset scenario time minus engine time in milliseconds
 * @param engineNow the engine's clock; inside a workflow `Date.now` is deterministic
 */
export function createRunClock(
  dueAt: Instant,
  offset: number,
  engineNow: () => Instant = () => Date.now(),
): RunClock {
  const startsAt = floorToSecond(dueAt);
  let anchor = startsAt;
  const exactly = () => engineNow() + offset;
  return {
    startsAt,
    exactly,
    now() {
      const late = exactly() - anchor;
      return late <= onTime && late >= -nearly ? anchor : floorToSecond(exactly());
    },
    reached(instant) {
      // Not beyond the present: an event may say that it happens tomorrow.
      anchor = Math.max(anchor, Math.min(instant, exactly() + nearly));
    },
    isEarly: () => startsAt - exactly() > nearly,
  };
}
