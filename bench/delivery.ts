import { accepted, type Channel } from '../delivery/channels/channel.ts';
import { createDeliver, type Deliver } from '../delivery/deliver.ts';
import { createLinks } from '../delivery/links.ts';
import type { SendRequest } from '../domain/delivery.ts';
import shop from '../perennial.config.ts';
import type { Database } from '../store/database.ts';
import { createMessageReader } from '../store/message-reader.ts';
import { createCrowd, type Crowd } from './delivery/crowd.ts';
import { createOfferRenderer, offer } from './delivery/offer.ts';
import type { BenchOptions, Figures } from './main.ts';
import { onBenchDatabase } from './runs/bench-database.ts';

const rounds = 5;
const listsPerRound = 6;
const listLength = 1000;
const listsAtOnce = 2;
const singlesPerRound = 400;
const singlesAtOnce = 8;

/**
 * How fast messages leave by the one path, with every gate, the words, the point of no return and the record, when the
 * provider accepts at once: in lists of a thousand as a campaign sends, and one by one as journeys do. PostgreSQL syncs
 * to disk. Lists and singles take turns.
 */
export function run({ say }: BenchOptions): Promise<Figures> {
  return onBenchDatabase({ durable: true, connections: 10, say }, (db) => measure(db, say));
}

async function measure(db: Database, say: BenchOptions['say']): Promise<Figures> {
  const now = Date.now();
  const crowd = await createCrowd(db, now);
  const deliver = createDeliver({
    db,
    channels: [acceptingChannel()],
    messages: { [offer.name]: offer },
    renderer: createOfferRenderer(),
    read: createMessageReader(db),
    shop,
    clock: { now: () => now },
    links: createLinks({ publicUrl: 'https://shop.example', secret: 'a secret of thirty-two characters' }),
  });

  const perRound = [];
  for (let round = 0; round <= rounds; round += 1) {
    const lists = await timeLists(deliver, crowd);
    const singles = await timeSingles(deliver, crowd);
    // The first round warms both up.
    if (round === 0) continue;
    perRound.push({ ...lists, singles });
    say(
      `round ${round}: ${Math.round(lists.perSecond)} messages/s in lists (${Math.round(lists.perCpuSecond)} per second of this process's processor time), ${Math.round(singles)} one by one, ${Math.round(rssMb())} MB`,
    );
  }
  const figures = {
    perSecond: Math.round(median(perRound.map((round) => round.perSecond))),
    perCpuSecond: Math.round(median(perRound.map((round) => round.perCpuSecond))),
    singlesPerSecond: Math.round(median(perRound.map((round) => round.singles))),
    ratioToSingles: Math.round(10 * median(perRound.map((round) => round.perSecond / round.singles))) / 10,
    rssMb: Math.round(rssMb()),
  };
  say(
    `median: ${figures.perSecond} messages/s in lists of ${listLength}, ${figures.ratioToSingles} times single ones`,
  );
  return figures;
}

function acceptingChannel(): Channel {
  return { connection: 'bench', medium: 'email', send: async ({ sendId }) => accepted(sendId) };
}

async function timeLists(deliver: Deliver, crowd: Crowd) {
  const requests = await crowd.takeCampaign(listsPerRound * listLength);
  const lists = Array.from({ length: listsPerRound }, (_, index) =>
    requests.slice(index * listLength, (index + 1) * listLength),
  );
  const before = process.cpuUsage();
  const seconds = await secondsOf(lists, listsAtOnce, (list) => deliverAll(deliver, list));
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: requests.length / seconds,
    perCpuSecond: (requests.length * 1_000_000) / (user + system),
  };
}

async function timeSingles(deliver: Deliver, crowd: Crowd): Promise<number> {
  const requests = await crowd.takeJourney(singlesPerRound);
  const seconds = await secondsOf(requests, singlesAtOnce, (request) => deliverAll(deliver, [request]));
  return requests.length / seconds;
}

async function deliverAll(deliver: Deliver, requests: readonly SendRequest[]): Promise<void> {
  const outcomes = await deliver(requests);
  const other = outcomes.find(({ status }) => status !== 'sent');
  if (other !== undefined) throw new Error(`A message did not leave: ${JSON.stringify(other)}`);
}

async function secondsOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  const waiting = [...items];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
    }),
  );
  return (performance.now() - start) / 1000;
}

function rssMb(): number {
  return process.memoryUsage.rss() / 1024 ** 2;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
