import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { systemClock } from '../../config/system-clock.ts';
import { toIso } from '../../domain/instant.ts';
import { createIntake } from '../../intake/create-intake.ts';
import shop from '../../perennial.config.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import type { Child } from './child.ts';
import { readShoppers, refillCrowd } from './crowd.ts';
import type { Stage } from './stage.ts';
import * as stories from './stories.ts';
import { hundredths, median } from './throughput.ts';

const rounds = 5;
const eventsPerSecond = 10;
const eventsPerRound = 100;
/** Events of a round take so long, in seconds, and a campaign beside them must take longer. */
const roundSeconds = eventsPerRound / eventsPerSecond + 4;
/** A permit takes the place of 1.2 (design, section 7): a limit lets this much less through. */
const permitSpacing = 1.2;
/** What has not come by then counts as having taken so long. */
const patienceMs = 30_000;

/**
 * From a shop's event to the provider, by way of intake, outbox, Temporal and delivery: alone, beside a campaign at half
 * of its greatest rate, and beside one at full rate, by turns. The median of five rounds counts.
 */
export async function measureLatency(
  stage: Stage,
  { perSecond, say }: { perSecond: number; say: (line: string) => void },
) {
  const journeys = await stage.startWorker('journey');
  const half = new Set([await stage.startWorker('campaign', (perSecond / 2) * permitSpacing)]);
  const measured: { idle: number; busy: number }[] = [];
  await besideCampaign(stage, 0, half);
  for (let round = 1; round <= rounds; round += 1) {
    const idle = await besideCampaign(stage, 0, half);
    const busy = await besideCampaign(stage, (perSecond / 2) * roundSeconds, half);
    measured.push({ idle: idle.p99, busy: busy.p99 });
    say(
      `round ${round}: event to provider p99 ${idle.p99.toFixed(0)} ms idle, ${busy.p99.toFixed(0)} ms beside a campaign ` +
        `at ${busy.campaignPerSecond.toFixed(0)}/s`,
    );
  }
  await Promise.all([...half].map((worker) => worker.stop()));
  const full = new Set(await Promise.all([stage.startWorker('campaign'), stage.startWorker('campaign')]));
  const { p99, campaignPerSecond } = await besideCampaign(stage, perSecond * roundSeconds, full);
  say(`at full rate (${campaignPerSecond.toFixed(0)}/s): p99 ${p99.toFixed(0)} ms`);
  await Promise.all([...full, journeys].map((worker) => worker.stop()));
  return {
    transactionalP99Ratio: hundredths(median(measured.map(({ idle, busy }) => busy / idle))),
    idleP99Ms: Math.round(median(measured.map(({ idle }) => idle))),
    fullRateP99Ms: Math.round(p99),
  };
}

/** @param recipients of a campaign that goes out meanwhile; 0 for none */
async function besideCampaign(stage: Stage, recipients: number, workers: ReadonlySet<Child>) {
  await refillCrowd(stage.db, {
    recipients: Math.ceil(recipients),
    shoppers: eventsPerRound,
    now: Date.now(),
  });
  await stage.provider.clear();
  const begun = recipients === 0 ? undefined : await stage.begin(workers);
  if (begun !== undefined) await untilSomethingArrives(stage);
  const acceptedAt = await tellEvents(stage);
  const waits = await waitsOf(stage, acceptedAt);
  const campaign = await begun?.ended;
  const p99 = [...waits].sort((one, other) => one - other)[Math.ceil(0.99 * waits.length) - 1] ?? patienceMs;
  return {
    p99,
    campaignPerSecond:
      campaign === undefined ? 0 : (campaign.arrivals.length - waits.length) / campaign.seconds,
  };
}

async function untilSomethingArrives({ provider }: Stage): Promise<void> {
  while ((await provider.arrivals()).length === 0) await pause(50);
}

/** @returns when each event was posted, by its id */
async function tellEvents({ db }: Stage): Promise<ReadonlyMap<string, number>> {
  const intake = createIntake({ db, journeys: listJourneys(stories), clock: systemClock, home: shop.home });
  const shoppers = await readShoppers(db);
  const postedAt = new Map<string, number>();
  const begin = Date.now();
  const posts: Promise<unknown>[] = [];
  for (const [number, shopper] of shoppers.entries()) {
    await pause(begin + (number * 1000) / eventsPerSecond - Date.now());
    const id = randomUUID();
    postedAt.set(id, performance.timeOrigin + performance.now());
    posts.push(intake.accept([cartOf(shopper, id)]));
  }
  await Promise.all(posts);
  return postedAt;
}

function cartOf(customerId: string, id: string) {
  const item = { variant: 'tea', quantity: 1, price: { amount: 450, currency: 'GBP' } };
  const data = { cartId: id, items: [item], url: 'https://shop.example/cart' };
  return { id, type: 'cart.updated', occurredAt: toIso(systemClock.now()), customerId, data };
}

/** In milliseconds. */
async function waitsOf({ db, provider }: Stage, postedAt: ReadonlyMap<string, number>): Promise<number[]> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const { rows } = await sql<{ event: string; delivery: string }>`
      select e.opened_by as event, d.id as delivery
      from enrolments e
      join deliveries d on d.enrolment_id = e.id
      where d.state = 'accepted'
    `.execute(db);
    if (rows.length < postedAt.size && Date.now() < end) {
      await pause(200);
      continue;
    }
    const arrivedAt = new Map((await provider.arrivals()).map(({ sendId, at }) => [sendId, at]));
    const deliveries = new Map(rows.map(({ event, delivery }) => [event, delivery]));
    return [...postedAt].map(([event, posted]) => {
      const arrived = arrivedAt.get(deliveries.get(event) ?? '');
      return arrived === undefined ? patienceMs : arrived - posted;
    });
  }
}
