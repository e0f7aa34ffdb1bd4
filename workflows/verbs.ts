import type { Duration } from '../domain/duration.ts';
import type { EventName, FactOf } from '../domain/events/catalogue.ts';
import type { Instant } from '../domain/instant.ts';
import type { Question, QuestionName, Questions } from '../domain/questions.ts';
import type { MessageInput, MessageName, SendResult } from './messages.ts';

/** The end of a story, made by `exit`. */
export interface Exit {
  readonly exit: string;
}

/** The questions that are answered with an instant. */
export type InstantQuestion = {
  [Name in QuestionName]: Questions[Name]['answer'] extends Instant ? Question<Name> : never;
}[QuestionName];

/**
 * What a story can do. Waiting costs nothing while it lasts, survives every restart, and is over at once when an event
 * of the journey's `endsOn` happens: the story then stops where it stands, and nothing after that point is done.
 */
export interface Verbs<Wakes extends EventName> {
  /**
   * Waits for so long.
   * @param duration words, such as `'20 hours'`; a day has 24 hours
   */
  readonly sleep: (duration: Duration) => Promise<void>;

  /** Waits until an instant (whole seconds); one that has passed does not wait. */
  readonly sleepUntil: (instant: Instant) => Promise<void>;

  /**
   * Waits until nothing has happened for so long. It asks again when that time is up, and sleeps on if there was
   * something; so a cart that is edited all day costs one look, not one timer per edit.
   *
   * @example await idleFor('4 hours', { since: lastCartActivity(cart) });
   */
  readonly idleFor: (duration: Duration, options: { readonly since: InstantQuestion }) => Promise<void>;

  /**
   * Waits for an event of the journey's `wakesOn`, at most for so long. What came before the story got here counts.
   * @returns the fact as it stood after the event, or undefined when the time was up
   */
  readonly waitFor: <Name extends Wakes>(
    event: Name,
    duration: Duration,
  ) => Promise<FactOf<Name> | undefined>;

  /**
   * Gathers events of the journey's `wakesOn` for a time and returns all of them, oldest first: five products that run
   * out in one week make one message. It stops early once there are `atMost`, or one that `until` says is the last.
   *
   * @example await collect('order.delivered', { for: '14 days', until: (parcel) => parcel.deliveredAll });
   */
  readonly collect: <Name extends Wakes>(
    event: Name,
    options: {
      readonly for: Duration;
      readonly atMost?: number;
      readonly until?: (fact: FactOf<Name>) => boolean;
    },
  ) => Promise<readonly FactOf<Name>[]>;

  /**
   * Sends a message, effectively once. Quiet hours, caps and pauses make it wait, and a failing provider is tried again;
   * the story hears the end of it.
   *
   * @param message a folder in `templates/`
   * @param input what the message asks for: ids only, it stays in the run's history
   * @returns `sent`, `skipped` with the reason, `failed` with the code, or `unknown` when nobody can tell
   */
  readonly send: <Name extends MessageName>(message: Name, input: MessageInput<Name>) => Promise<SendResult>;

  /** Asks the database, as of now. Tried again until there is an answer. */
  readonly ask: <Name extends QuestionName>(question: Question<Name>) => Promise<Questions[Name]['answer']>;

  /**
   * Gives each customer one of several variants: always the same for the same customer and experiment.
   * @example choose('reminder-tone', { warm: 50, brief: 50 })
   */
  readonly choose: <Variant extends string>(
    experiment: string,
    shares: Readonly<Record<Variant, number>>,
  ) => Variant;

  /** The instant by which the story reckons: when it was due, not when a machine got round to it. */
  readonly now: () => Instant;

  /** Ends the story for a reason, which reports count by: `return exit('not-recovered')`. */
  readonly exit: (reason: string) => Exit;
}
