import { createOutbox } from '../../delivery/channels/outbox/create-outbox.ts';
import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import { toIso } from '../../domain/instant.ts';
import type { Stage } from '../../simulation/stage.ts';
import { readTimeline, type TimelineEntry } from '../../simulation/timeline.ts';
import { createWorld } from '../../simulation/world.ts';
import type { DrawnWeek } from './draw-week.ts';

export interface PlayOptions {
  readonly stage: Stage;
  /** A migrated database that nobody else uses. */
  readonly databaseUrl: string;
  readonly week: DrawnWeek;
  /** The folder that takes the messages. */
  readonly outbox: string;
  readonly onDay: (day: string) => void;
}

/** Plays the week in virtual time on the real engine and tells what happened. */
export async function playWeek({ stage, databaseUrl, week, outbox, onDay }: PlayOptions): Promise<readonly TimelineEntry[]> {
  const world = await createWorld({ stage, databaseUrl, startAt: week.from, channels: createOutbox({ folder: outbox }) });
  try {
    let day = '';
    for (const events of atTheSameInstant(week.events)) {
      const [first] = events;
      if (first === undefined) continue;
      await world.advanceTo(first.occurredAt);
      await world.track(events);
      if (day !== toIso(world.now()).slice(0, 10)) onDay((day = toIso(world.now()).slice(0, 10)));
    }
    await world.advanceTo(week.until);
    return await readTimeline(world.db);
  } finally {
    await world.close();
  }
}

function atTheSameInstant(events: readonly PerennialEvent[]): PerennialEvent[][] {
  const groups: PerennialEvent[][] = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last?.[0]?.occurredAt === event.occurredAt) last.push(event);
    else groups.push([event]);
  }
  return groups;
}
