import { condition, sleep as timer } from '@temporalio/workflow';
import { sendKeyOf } from '../domain/delivery.ts';
import { type Duration, parseDuration } from '../domain/duration.ts';
import type { EventName, FactOf } from '../domain/events/catalogue.ts';
import { ceilToSecond, floorToSecond, type Instant } from '../domain/instant.ts';
import type { Happening, RunInput, Whereabouts } from '../domain/journey.ts';
import type { Question, QuestionName, Questions } from '../domain/questions.ts';
import { chooseVariant } from './choose-variant.ts';
import * as effects from './effects.ts';
import type { Ending } from './ending.ts';
import type { Mailbox } from './mailbox.ts';
import type { MessageInput, MessageName, SendResult } from './messages.ts';
import type { RunClock } from './run-clock.ts';
import type { InstantQuestion, Verbs } from './verbs.ts';

/** What the verbs of one run work with. */
export interface RunParts {
  readonly input: RunInput;
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly ending: Ending;
  /** Notes what the run is doing, for whoever asks. */
  readonly note: (whereabouts: Whereabouts) => void;
}

/** Shorter waits between two tries of a deferred message would only fill the history. */
const shortestDeferral = 1000;

/** The verbs of one run. Their meaning is written down at `Verbs`. */
export function createVerbs({ input, clock, mailbox, ending, note }: RunParts): Verbs<EventName> {
  const occurrences = new Map<string, number>();

  async function pauseUntil(deadline: Instant): Promise<void> {
    const remaining = deadline - clock.exactly();
    if (remaining > 0) await timer(remaining);
    clock.reached(deadline);
  }

  async function sleepUntil(instant: Instant): Promise<void> {
    const deadline = floorToSecond(instant);
    if (deadline <= clock.now()) return;
    note({ doing: 'sleeping', until: deadline });
    await pauseUntil(deadline);
  }

  async function ask<Name extends QuestionName>(
    question: Question<Name>,
  ): Promise<Questions[Name]['answer']> {
    note({ doing: 'asking', subject: question.name });
    return effects.answer({ question, enrolment: input.enrolment, now: clock.now() });
  }

  async function idleFor(duration: Duration, { since }: { readonly since: InstantQuestion }): Promise<void> {
    for (;;) {
      const idleAt = floorToSecond((await ask(since)) + parseDuration(duration));
      if (idleAt <= clock.now()) return;
      await sleepUntil(idleAt);
    }
  }

  /** Waits until enough happenings of that name are in the box; false when the time was up first. */
  async function arrived(event: EventName, enough: () => boolean, deadline: Instant): Promise<boolean> {
    if (enough()) return true;
    note({ doing: 'waiting', subject: event, until: deadline });
    const remaining = deadline - clock.exactly();
    const inTime = remaining > 0 && (await condition(enough, remaining));
    if (!inTime) clock.reached(deadline);
    return inTime;
  }

  function takeFact<Name extends EventName>(event: Name): FactOf<Name> | undefined {
    const happening = mailbox.take(event);
    if (happening === undefined) return undefined;
    clock.reached(happening.at);
    return factOf(happening);
  }

  async function waitFor<Name extends EventName>(event: Name, duration: Duration) {
    await arrived(event, () => mailbox.waiting(event).length > 0, deadlineAfter(duration));
    return takeFact(event);
  }

  async function collect<Name extends EventName>(
    event: Name,
    options: {
      readonly for: Duration;
      readonly atMost?: number;
      readonly until?: (fact: FactOf<Name>) => boolean;
    },
  ) {
    const { atMost = Infinity, until = () => false } = options;
    const isEnough = (facts: readonly FactOf<Name>[]) => facts.length >= atMost || facts.some(until);
    const waiting = () => mailbox.waiting(event).map((happening) => factOf<Name>(happening));
    await arrived(event, () => isEnough(waiting()), deadlineAfter(options.for));
    const facts: FactOf<Name>[] = [];
    while (!isEnough(facts)) {
      const fact = takeFact(event);
      if (fact === undefined) break;
      facts.push(fact);
    }
    return facts;
  }

  function deadlineAfter(duration: Duration): Instant {
    return floorToSecond(clock.now() + parseDuration(duration));
  }

  async function send<Name extends MessageName>(
    message: Name,
    data: MessageInput<Name>,
  ): Promise<SendResult> {
    const step = nextStep(message);
    const request = {
      sendKey: sendKeyOf(input.enrolment, step),
      enrolment: input.enrolment,
      step,
      message,
      input: data,
      dueAt: clock.now(),
    };
    for (;;) {
      note({ doing: 'sending', subject: message });
      const [outcome] = await effects.deliver({ requests: [request] }, step);
      if (outcome === undefined) throw new Error(`deliver gave no outcome for ${step}`);
      if (outcome.status !== 'deferred') return closeIfEnded(outcome);
      const again = ceilToSecond(Math.max(outcome.until, clock.now() + shortestDeferral));
      note({ doing: 'sending', subject: message, until: again });
      await pauseUntil(again);
    }
  }

  function nextStep(message: string): string {
    const occurrence = (occurrences.get(message) ?? 0) + 1;
    occurrences.set(message, occurrence);
    return `${message}#${occurrence}`;
  }

  /** Delivery saw the seal before the run was told of it: the story is over, whatever it would do next. */
  function closeIfEnded(outcome: SendResult): SendResult {
    if (outcome.status === 'skipped' && outcome.reason === 'journey-ended') ending.end(outcome.reason);
    return outcome;
  }

  return {
    sleep: (duration) => ending.letStory(() => sleepUntil(deadlineAfter(duration))),
    sleepUntil: (instant) => ending.letStory(() => sleepUntil(instant)),
    idleFor: (duration, options) => ending.letStory(() => idleFor(duration, options)),
    waitFor: (event, duration) => ending.letStory(() => waitFor(event, duration)),
    collect: (event, options) => ending.letStory(() => collect(event, options)),
    send: (message, data) => ending.letStory(() => send(message, data)),
    ask: (question) => ending.letStory(() => ask(question)),
    choose: (experiment, shares) => chooseVariant(experiment, input.customer, shares),
    now: () => clock.now(),
    exit(reason) {
      ending.end(reason);
      return { exit: reason };
    },
  };
}

/** Intake made the fact from the event of that name, so its kind is the catalogue's. */
function factOf<Name extends EventName>(happening: Happening): FactOf<Name> {
  return happening.fact as FactOf<Name>;
}
