import type { Duration } from '../domain/duration.ts';
import { parseDuration } from '../domain/duration.ts';
import type { EventName } from '../domain/events/catalogue.ts';
import {
  type FactOfStart,
  type JourneyDefinition,
  type JourneyStart,
  journeyTypeName,
  type RunInput,
} from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { runStory } from './run-story.ts';
import type { Exit, Verbs } from './verbs.ts';

export { question } from '../domain/questions.ts';
export type { Duration } from '../domain/duration.ts';
export type { FactOf } from '../domain/events/catalogue.ts';
export type { SendResult } from './messages.ts';
export type { Exit, Verbs } from './verbs.ts';

/** What happens to one customer, told from the top to the bottom of a page. */
export type Story<Start extends JourneyStart, Wakes extends EventName> = (
  fact: FactOfStart<Start>,
  verbs: Verbs<Wakes>,
) => Promise<Exit>;

/** A journey: the workflow function, which carries its definition. */
export interface Journey<Start extends JourneyStart = JourneyStart> {
  (input: RunInput<FactOfStart<Start>>): Promise<string>;
  readonly definition: JourneyDefinition;
  /** As it was written, for pictures of it. A run never looks here. */
  readonly story: Story<Start, never>;
}

/**
 * Defines a journey: when it starts, whose it is, what ends it, and its story.
 *
 * Every journey also ends when its customer is erased, whether it says so or not.
 *
 * @param definition plain data and pure functions of facts; intake opens, ends and wakes enrolments by it
 * @param story what happens to one customer; see `Verbs` for what it can do
 * @throws PerennialError `journey-invalid` or `duration-invalid` when the definition cannot be right
 *
 * @example
 * export const careTips = defineJourney(
 *   { name: 'care-tips', version: 1, startsOn: 'order.paid', key: (order) => order.order,
 *     startsAfter: '1 hour', endsOn: ['order.cancelled'], reentry: 'once-per-key' },
 *   async (order, { send, exit }) => {
 *     await send('care-tips', { order: order.order });
 *     return exit('told');
 *   },
 * );
 */
export function defineJourney<
  const Start extends JourneyStart,
  const Ends extends EventName,
  const Wakes extends EventName = never,
>(definition: JourneyDefinition<Start, Ends, Wakes>, story: Story<Start, Wakes>): Journey<Start>;
// Inside, the types of one journey no longer matter: routing calls its functions only with facts of the events it names.
export function defineJourney(
  definition: JourneyDefinition,
  story: Story<JourneyStart, EventName>,
): Journey<never> {
  assertSound(definition);
  const run = (input: RunInput<FactOfStart<JourneyStart>>) => runStory(input, story);
  // Temporal knows a workflow by its function's name, so the name is the permanent one, not the export's.
  Object.defineProperty(run, 'name', { value: journeyTypeName(definition) });
  return Object.assign(run, { definition: endingOnErasure(definition), story });
}

function endingOnErasure(definition: JourneyDefinition): JourneyDefinition {
  return { ...definition, endsOn: [...new Set<EventName>([...definition.endsOn, 'customer.erased'])] };
}

function assertSound(definition: JourneyDefinition): void {
  const { name, version, endsOn, wakesOn = [] } = definition;
  const wrong = (sentence: string) => new PerennialError('journey-invalid', `Journey "${name}": ${sentence}`);

  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw wrong('its name must be lower-case words joined by hyphens, such as "abandoned-cart".');
  }
  if (!Number.isInteger(version) || version < 1) {
    throw wrong(`its version is ${version}; write a whole number from 1.`);
  }
  for (const duration of durationsOf(definition)) parseDuration(duration);

  const both = wakesOn.find((event) => endsOn.includes(event));
  if (both !== undefined) {
    throw wrong(`"${both}" is in endsOn and in wakesOn. An event that ends it cannot wake it: keep one.`);
  }
}

function durationsOf({ startsAfter, maximumAge, reentry }: JourneyDefinition): Duration[] {
  const after = typeof reentry === 'object' ? reentry.after : undefined;
  return [startsAfter, maximumAge, after].filter((duration) => duration !== undefined);
}
