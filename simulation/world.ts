import { createCampaignWork } from '../activities/campaigns/create-campaign-work.ts';
import type { ActivityDeps } from '../activities/create-activities.ts';
import type { Channel } from '../delivery/channels/channel.ts';
import { createDeliverEach, unlessAgain } from '../delivery/deliver.ts';
import { createLinks } from '../delivery/links.ts';
import { createDispatcher } from '../dispatch/dispatcher.ts';
import { createTicker } from '../dispatch/ticker.ts';
import type { CampaignDefinition } from '../domain/campaign.ts';
import { parseDuration, type Duration } from '../domain/duration.ts';
import type { EventOf, EventName } from '../domain/events/catalogue.ts';
import { toIso, type Clock, type Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { createIntake, type Accepted, type Intake } from '../intake/create-intake.ts';
import { answerQuestion } from '../store/answer-question.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { createMessageReader } from '../store/message-reader.ts';
import { recordExit } from '../store/record-exit.ts';
import type { NextStep } from './known-runs.ts';
import { createMemoryChannel, type Mishap, type SentMessage } from './memory-channel.ts';
import { readDeliveries, readEnrolments, type DeliveryRecord, type EnrolmentRecord } from './records.ts';
import type { Stage } from './stage.ts';
import { approveTemplates } from './approve-templates.ts';
import { createWorldCampaigns } from './world-campaigns.ts';
import { createWorldRuns } from './world-gateway.ts';

export interface WorldOptions {
  readonly stage: Stage;
  /** A migrated database that nobody else uses. */
  readonly databaseUrl: string;
  /** Scenario time at which the world begins, in any year: an instant, or ISO 8601 with an offset. */
  readonly startAt: Instant | string;
  /** Where messages go. By default a provider of each medium that keeps them in memory. */
  readonly channels?: readonly Channel[];
  /** What befalls a request to the providers in memory; by default nothing. */
  readonly mishap?: Mishap;
  /** Campaigns that can be launched. By default those of this checkout. */
  readonly campaigns?: readonly CampaignDefinition[];
}

/** An event as the shop sends it; the world gives it an id and says that it happens now, unless the event does. */
export type WorldEvent = {
  [Name in EventName]: Omit<EventOf<Name>, 'id' | 'occurredAt'> &
    Partial<Pick<EventOf<Name>, 'id' | 'occurredAt'>>;
}[EventName];

/** Something that calls itself an event. */
export type UncheckedEvent = Readonly<Record<string, unknown>>;

/**
 * A shop's customers, events and runs on one timeline of virtual time, on the real engine: a real Temporal server, a real
 * PostgreSQL, the real intake, dispatcher, worker and delivery. Only the clock and the providers are the world's.
 */
export interface World {
  now(): Instant;
  /** Tracks events now; comes back when every run that was started or told has come to rest. */
  track(events: WorldEvent | readonly WorldEvent[]): Promise<Accepted[]>;
  /** The same for events from a file, which intake has yet to judge. */
  trackUnchecked(events: readonly UncheckedEvent[]): Promise<Accepted[]>;
  /** Lets time pass: each run does what it does at each instant at which it is due, in order. */
  advance(duration: Duration): Promise<void>;
  /** @param instant not before now; an instant, or ISO 8601 with an offset */
  advanceTo(instant: Instant | string): Promise<void>;
  /**
   * Has a campaign's next occasion begin when it opens, or now if it should have opened already.
   *
   * @throws PerennialError `campaign-unknown`, `campaign-not-due`
   */
  launchCampaign(campaign: string): Promise<void>;
  /** Tells a campaign's dispatcher that it was paused, resumed or cancelled, so that it looks at once. */
  stirCampaign(campaign: string): Promise<void>;
  /** What left the house, in order, if it left through the world's own providers. */
  outbox(): readonly SentMessage[];
  /** The send ledger: what was sent and what was not, with the reason. */
  deliveries(): Promise<DeliveryRecord[]>;
  enrolments(): Promise<EnrolmentRecord[]>;
  /** The worker of the stage dies and another takes over. */
  restartWorker(): Promise<void>;
  readonly db: Database;
  readonly clock: Clock;
  readonly intake: Intake;
  close(): Promise<void>;
}

/**
 * How far the engine's calendar in a world lies ahead of the wall clock. Every instant of a world has to lie ahead, so
 * that a run's clock is only ever moved by the world; a world lives for minutes.
 */
const aheadMs = 24 * 3_600_000;

/**
 * Opens a world. It prints nothing, and two worlds with the same story give the same records to the byte, but for ids.
 *
 * Waits of a story that are shorter than the real time a step takes (well under a second) may run by themselves, since a
 * run's clock never stands still.
 *
 * @throws PerennialError `world-stuck` from the verbs when a run does not come to rest
 */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { stage, databaseUrl, mishap } = options;
  let now = instantOf(options.startAt);
  const clockOffset = now - (Math.floor(Date.now() / 1000) * 1000 + aheadMs);
  const clock: Clock = { now: () => now };
  const db = openDatabase({ url: databaseUrl, connections: 6, applicationName: 'perennial-world' });
  const sent: SentMessage[] = [];
  const channels = options.channels ?? [
    createMemoryChannel('email', sent, mishap),
    createMemoryChannel('sms', sent, mishap),
    createMemoryChannel('whatsapp', sent, mishap),
  ];

  await approveTemplates(db, stage, now);
  const intake = createIntake({ db, journeys: stage.journeys, clock, home: stage.shop.home });
  const deliverEach = createDeliverEach({
    db,
    channels,
    read: createMessageReader(db),
    journeys: stage.journeys,
    messages: stage.messages,
    renderer: stage.renderer,
    shop: stage.shop,
    clock,
    links: createLinks({
      publicUrl: stage.shop.brand.url,
      secret: 'of a world that is closed again in a minute',
    }),
  });
  const effects: ActivityDeps = {
    deliver: unlessAgain(deliverEach),
    answer: (question, asking) => answerQuestion(db, question, { ...asking, home: stage.shop.home }),
    recordExit: (exit) => recordExit(db, exit),
  };

  const runs = createWorldRuns({ stage, clock, clockOffset, effects });
  const campaigns = createWorldCampaigns({
    stage,
    campaigns: options.campaigns ?? stage.campaigns,
    clock,
    clockOffset,
    work: createCampaignWork({
      db,
      campaigns: options.campaigns ?? stage.campaigns,
      deliverEach,
      // A mistake shows at once here, as it does in a journey.
      onFailure(error) {
        throw error;
      },
      onGone(gone) {
        throw gone;
      },
      messages: stage.messages,
      home: stage.shop.home,
      clock,
    }),
  });
  const dispatcher = createDispatcher({ db, runs, intake, clock, parallelRuns: 1 });
  const ticker = createTicker({ db, journeys: stage.journeys, clock, home: stage.shop.home, intake });
  let events = 0;

  function complete(event: UncheckedEvent): UncheckedEvent {
    events += 1;
    return { id: `event-${events}`, occurredAt: toIso(now), ...event };
  }

  async function track(tracked: readonly UncheckedEvent[]): Promise<Accepted[]> {
    const accepted = await intake.accept(tracked.map(complete));
    await dispatchAll();
    return accepted;
  }

  async function dispatchAll(): Promise<void> {
    await dispatcher.drain();
    const left = await db.selectFrom('outbox').select('last_error').orderBy('id').executeTakeFirst();
    if (left === undefined) return;
    throw new PerennialError(
      'world-stuck',
      `Something could not be told to a run: ${left.last_error ?? 'its enrolment is held by somebody'}.`,
    );
  }

  async function advanceTo(end: Instant): Promise<void> {
    if (end < now) {
      throw new RangeError(`Time only moves forward: it is ${toIso(now)}, and ${toIso(end)} is over.`);
    }
    for (let next = nextStep(); next !== undefined && next.at <= end; next = nextStep()) {
      now = Math.max(now, next.at);
      await next.step();
      await dispatchAll();
    }
    now = end;
  }

  function nextStep() {
    const run = earlier(runs.next(), campaigns.next());
    const tick = ticker.next(now);
    if (tick !== undefined && (run === undefined || tick <= run.at)) {
      return { at: tick, step: async () => void (await ticker.tick()) };
    }
    return run;
  }

  return {
    now: () => now,
    track: (tracked) => track(isList(tracked) ? tracked : [tracked]),
    trackUnchecked: track,
    advance: async (duration) => advanceTo(now + parseDuration(duration)),
    advanceTo: async (instant) => advanceTo(instantOf(instant)),
    launchCampaign: (campaign) => campaigns.launch(campaign),
    stirCampaign: (campaign) => campaigns.stir(campaign),
    outbox: () => sent,
    deliveries: () => readDeliveries(db),
    enrolments: () => readEnrolments(db),
    restartWorker: () => stage.hands.restart(),
    db,
    clock,
    intake,
    async close() {
      await Promise.all([runs.abandon(), campaigns.abandon()]);
      await db.destroy();
    },
  };
}

/** Of two that are due together, the journey's: it was there for one person before the campaign came for everybody. */
function earlier(run: NextStep | undefined, campaign: NextStep | undefined): NextStep | undefined {
  if (run === undefined || campaign === undefined) return run ?? campaign;
  return campaign.at < run.at ? campaign : run;
}

function instantOf(instant: Instant | string): Instant {
  const parsed = typeof instant === 'string' ? Date.parse(instant) : instant;
  if (Number.isFinite(parsed)) return parsed;
  throw new RangeError(`"${instant}" is not an instant. Write it like 2026-03-02T09:00:00Z.`);
}

function isList(tracked: WorldEvent | readonly WorldEvent[]): tracked is readonly WorldEvent[] {
  return Array.isArray(tracked);
}
