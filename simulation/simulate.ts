import { explain, type Explanation } from '../client/explain.ts';
import type { Channel } from '../delivery/channels/channel.ts';
import { isEventName } from '../domain/events/catalogue.ts';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { EventsRefused, problemSentence } from '../intake/event-problem.ts';
import { withAnsweredMessage } from './answered-message.ts';
import type { SentMessage } from './memory-channel.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import type { Stage } from './stage.ts';
import { readTimeline, type TimelineEntry } from './timeline.ts';
import { createWorld, type World } from './world.ts';

export interface SimulateOptions {
  readonly stage: Stage;
  /** A migrated database that nobody else uses; see `throw-away-database.ts`. */
  readonly databaseUrl: string;
  readonly scenario: Scenario;
  /** When it begins; by default when the scenario says, or else now. */
  readonly at?: Instant;
  /** Show only this journey's beginnings and ends. All journeys are played: they share the customer. */
  readonly journey?: string;
  /** Where messages go, such as an outbox folder. Default: nowhere but into the result. */
  readonly channels?: readonly Channel[];
  /** Explain at the end, for each customer, every message that was sent or not, gate by gate. */
  readonly explains?: boolean;
}

export interface Simulation {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** In order. */
  readonly timeline: readonly TimelineEntry[];
  /** With their words; empty when `channels` were given. */
  readonly sent: readonly SentMessage[];
  /** By the shop's customer id; empty unless they were asked for. */
  readonly explanations: Readonly<Record<string, Explanation>>;
}

/**
 * Plays a scenario on the real engine in virtual time. Prints nothing.
 *
 * @throws PerennialError `event-invalid` and the like from intake, `world-stuck` from the world
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { stage, databaseUrl, scenario, journey, channels, explains = false } = options;
  const startedAt = options.at ?? scenario.startAt ?? Math.floor(Date.now() / 1000) * 1000;
  const world = await createWorld({ stage, databaseUrl, startAt: startedAt, ...(channels && { channels }) });
  try {
    for (const step of scenario.steps) {
      await world.advanceTo(startedAt + step.after);
      if (step.events.length > 0) await trackStep(world, step);
    }
    await world.advanceTo(startedAt + scenario.lasts);
    const timeline = await readTimeline(world.db, journey);
    const explanations = explains ? await explainEach(world, stage) : {};
    return { startedAt, endedAt: world.now(), timeline, sent: world.outbox(), explanations };
  } finally {
    await world.close();
  }
}

/** Intake speaks of the events of a call; whoever wrote the scenario looks for a place in the file. */
async function trackStep(world: World, { events, places }: ScenarioStep): Promise<void> {
  const whole = await Promise.all(
    events.map((event, index) => withAnsweredMessage(world.db, event, places[index] ?? '')),
  );
  try {
    await world.trackUnchecked(whole);
  } catch (error) {
    if (!(error instanceof EventsRefused)) throw error;
    const problems = error.problems.map((problem) => problemSentence(problem, places[problem.index] ?? ''));
    const type = events[error.problems[0]?.index ?? 0]?.['type'];
    const example =
      typeof type === 'string' && isEventName(type)
        ? ` "npx perennial track --example ${type}" prints one that is valid.`
        : '';
    const sentences = `${problems.join(' ')} Mend the scenario and play it again.${example}`;
    throw new PerennialError(error.code, sentences, { cause: error });
  }
}

async function explainEach(world: World, { journeys }: Stage): Promise<Record<string, Explanation>> {
  const customers = await world.db
    .selectFrom('customers')
    .select(['id', 'external_id as name'])
    .where('state', '=', 'active')
    .orderBy('external_id')
    .execute();
  // The runs' clocks stand still now: what they wait for stands in their enrolments and deliveries.
  const deps = { db: world.db, journeys, now: () => world.now(), whereabouts: async () => undefined };
  const explained: [string, Explanation][] = [];
  for (const { id, name } of customers) explained.push([name ?? id, await explain(deps, id)]);
  return Object.fromEntries(explained);
}
