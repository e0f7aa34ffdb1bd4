import type { Channel } from '../delivery/channels/channel.ts';
import type { Instant } from '../domain/instant.ts';
import type { SentMessage } from './memory-channel.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { readTimeline, type TimelineEntry } from './timeline.ts';
import { createWorld } from './world.ts';

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
}

export interface Simulation {
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** In order. */
  readonly timeline: readonly TimelineEntry[];
  /** With their words; empty when `channels` were given. */
  readonly sent: readonly SentMessage[];
}

/**
 * Plays a scenario on the real engine in virtual time. Prints nothing.
 *
 * @throws PerennialError `event-invalid` and the like from intake, `world-stuck` from the world
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { stage, databaseUrl, scenario, journey, channels } = options;
  const startedAt = options.at ?? scenario.startAt ?? Math.floor(Date.now() / 1000) * 1000;
  const world = await createWorld({ stage, databaseUrl, startAt: startedAt, ...(channels && { channels }) });
  try {
    for (const { after, events } of scenario.steps) {
      await world.advanceTo(startedAt + after);
      if (events.length > 0) await world.trackUnchecked(events);
    }
    await world.advanceTo(startedAt + scenario.lasts);
    const timeline = await readTimeline(world.db, journey);
    return { startedAt, endedAt: world.now(), timeline, sent: world.outbox() };
  } finally {
    await world.close();
  }
}
