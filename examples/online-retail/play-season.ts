import type { Channel } from '../../delivery/channels/channel.ts';
import type { CampaignDefinition } from '../../domain/campaign.ts';
import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import { eventsPerCall } from '../../intake/parse-event.ts';
import type { Stage } from '../../simulation/stage.ts';
import { entryKinds, readTimeline, type TimelineEntry } from '../../simulation/timeline.ts';
import { createWorld, type World } from '../../simulation/world.ts';
import type { DrawnSeason } from './draw-season.ts';
import { summarise, type Summary } from './summary.ts';

export interface PlayOptions {
  readonly stage: Stage;
  /** A migrated database that nobody else uses. */
  readonly databaseUrl: string;
  readonly season: DrawnSeason;
  readonly until: Instant;
  readonly channels: readonly Channel[];
  readonly campaigns?: readonly CampaignDefinition[];
  /** What there was before the season. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Told at the beginning of each day of the season, `YYYY-MM-DD`, with how many messages have been sent so far. */
  readonly onDay?: (day: string, sent: number) => void;
}

/** The same each time, to the byte. */
export interface Played {
  readonly from: Instant;
  readonly until: Instant;
  readonly summary: Summary;
  readonly timeline: readonly TimelineEntry[];
}

/** Plays a season in virtual time on the real engine, at the orders' own instants, and tells what happened. */
export async function playSeason(options: PlayOptions): Promise<Played> {
  const { stage, databaseUrl, season, until, channels, campaigns = [], prepare, onDay } = options;
  const world = await createWorld({ stage, databaseUrl, startAt: season.from, channels, campaigns });
  try {
    await prepare?.(world);
    for (const { name } of campaigns) await world.launchCampaign(name);
    let day = '';
    for (const { at, events } of atOneInstant(season.events)) {
      if (at > until) break;
      await world.advanceTo(at);
      await world.track(events);
      const today = toIso(at).slice(0, 10);
      if (today !== day) onDay?.(today, await countSent(world));
      day = today;
    }
    await world.advanceTo(until);
    const [timeline, deliveries, enrolments] = [
      await readTimeline(world.db),
      await world.deliveries(),
      await world.enrolments(),
    ];
    return { from: season.from, until, summary: summarise(deliveries, enrolments), timeline: timeline.toSorted(byCustomer) };
  } finally {
    await world.close();
  }
}

/** Events that go to intake together: of one instant, and no more than it takes in one call. */
export function atOneInstant(
  events: readonly PerennialEvent[],
): { readonly at: Instant; readonly events: PerennialEvent[] }[] {
  const groups: { at: Instant; events: PerennialEvent[] }[] = [];
  for (const event of events) {
    const at = Date.parse(event.occurredAt);
    const last = groups.at(-1);
    if (last?.at === at && last.events.length < eventsPerCall) last.events.push(event);
    else groups.push({ at, events: [event] });
  }
  return groups;
}

/** What happens to several customers at one instant happens in no order of its own: a campaign takes them by ids of ours. */
function byCustomer(a: TimelineEntry, b: TimelineEntry): number {
  const kinds = entryKinds.indexOf(a.kind) - entryKinds.indexOf(b.kind);
  return a.at - b.at || kinds || (a.customer ?? '').localeCompare(b.customer ?? '');
}

async function countSent({ db }: World): Promise<number> {
  const { count } = await db
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('state', '=', 'accepted')
    .executeTakeFirstOrThrow();
  return Number(count);
}
