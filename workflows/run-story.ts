import {
  CancellationScope,
  defineQuery,
  defineSignal,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import {
  type Happening,
  happenedSignal,
  type RunInput,
  type Whereabouts,
  whereaboutsQuery,
} from '../domain/journey.ts';
import type { EventName } from '../domain/events/catalogue.ts';
import { floorToSecond } from '../domain/instant.ts';
import { createVerbs } from './create-verbs.ts';
import * as effects from './effects.ts';
import { createEnding, type Ending } from './ending.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createRunClock, type RunClock } from './run-clock.ts';
import type { Exit, Verbs } from './verbs.ts';

const happened = defineSignal<[Happening]>(happenedSignal);
const whereabouts = defineQuery<Whereabouts>(whereaboutsQuery);

/**
 * One run, from its start to its recorded exit: the clock and hands of an enrolment.
 *
 * The story runs until it exits, an ending event arrives or an operator cancels the run. What it began is heard out,
 * then the exit is recorded. A story that throws because of a mistake in it does not lose the run: the engine tries the
 * task again until a corrected version is deployed.
 *
 * @returns the exit reason
 */
export async function runStory<Fact>(
  input: RunInput<Fact>,
  story: (fact: Fact, verbs: Verbs<EventName>) => Promise<Exit>,
): Promise<string> {
  const clock = createRunClock(input.dueAt, input.clockOffset ?? 0);
  const mailbox = createMailbox();
  const ending = createEnding(new CancellationScope());
  let doing: Whereabouts = { doing: 'starting', until: clock.startsAt };

  // Before anything else: what arrived during the start delay is handed over right here.
  setHandler(happened, (happening) => hear(happening, { clock, mailbox, ending }));
  setHandler(whereabouts, () =>
    ending.reason === undefined ? doing : { doing: 'ended', subject: ending.reason },
  );
  CancellationScope.current().cancelRequested.catch(() => ending.end('cancelled'));

  const verbs = createVerbs({
    input,
    clock,
    mailbox,
    ending,
    note: (noted) => {
      doing = noted;
    },
  });

  try {
    await Promise.race([tell(), ending.reached]);
  } catch (error) {
    // An effect that is refused for good fails the run; anything else is a mistake in the story and fails only the task.
    if (!(error instanceof TemporalFailure)) throw error;
    await close('failed');
    throw error;
  }
  return close(await ending.reached);

  async function tell(): Promise<void> {
    if (clock.isEarly()) await verbs.sleepUntil(clock.startsAt);
    if (ending.reason !== undefined) return;
    // An end that was written by hand, without the verb, ends it as well.
    ending.end((await story(input.fact, verbs)).exit);
  }

  async function close(reason: string): Promise<string> {
    await ending.settled();
    await CancellationScope.nonCancellable(() =>
      // What ends during its start delay ends now, not at the instant for which it was waiting.
      effects.recordExit({
        enrolment: input.enrolment,
        reason,
        at: Math.min(clock.now(), floorToSecond(clock.exactly())),
      }),
    );
    return reason;
  }
}

/** Keeps what the story may wait for; an ending stops it at once. */
function hear(
  happening: Happening,
  { clock, mailbox, ending }: { clock: RunClock; mailbox: Mailbox; ending: Ending },
): void {
  if (!mailbox.accept(happening) || !happening.ends) return;
  clock.reached(happening.at);
  ending.end(happening.event);
}
