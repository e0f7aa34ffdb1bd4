import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Duration } from '../../domain/duration.ts';
import { supplyMessages } from '../../domain/supply-messages.ts';
import { openStage, type CastOptions, type StagedRun } from '../kit/stage.ts';
import { keepHistory } from './keep-history.ts';

/**
 * Plays the journeys that ship and keeps the histories of their runs in `tests/histories/`, where every later version of
 * the runtime and of the stories has to replay them. Run it for a new journey or version, and never to make an old one
 * pass: `node --import tsx tests/workflows/record-histories.ts abandoned-cart@1`.
 */

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const fact = { cycle: '0192f1f0-0000-7000-8000-000000000007', at: Date.UTC(2026, 2, 2, 5), items: [] };
const reply = { delivery: '0192f1f0-0000-7000-8000-000000000009', enrolment: 'e', at: fact.at };
const hour = 3_600_000;

interface Scene {
  readonly type: string;
  readonly name: string;
  readonly options?: CastOptions<unknown>;
  readonly play: (run: StagedRun) => Promise<void>;
}

const order = {
  order: fact.cycle,
  customer: '0192f1f0-0000-7000-8000-000000000011',
  at: Date.UTC(2026, 2, 2, 9),
  day: '2026-03-02',
  lines: [{ line: 1, variant: 'tea', quantity: 1, gift: false }],
};
const parcel = {
  shipment: reply.delivery,
  order: order.order,
  customer: order.customer,
  at: order.at,
  lines: [],
};

let failures = 0;

const idleSince = (instant: number) => ({ answer: () => instant });

const scenes: readonly Scene[] = [
  { type: 'abandoned-cart@1', name: 'not-recovered', play: (run) => run.advance('3 days') },
  { type: 'abandoned-cart@1', name: 'ordered-during-start-delay', play: (run) => run.end('order.placed') },
  {
    type: 'abandoned-cart@1',
    name: 'woken-during-start-delay',
    async play(run) {
      await run.advance('1 hour');
      await run.wake('message.replied', reply);
      await run.advance('2 days');
    },
  },
  {
    type: 'abandoned-cart@1',
    name: 'ordered-after-reminder',
    async play(run) {
      await run.advance('10 hours');
      await run.end('order.placed');
    },
  },
  {
    type: 'abandoned-cart@1',
    name: 'replied',
    async play(run) {
      await run.advance('10 hours');
      await run.tell('message.replied', reply);
    },
  },
  {
    type: 'abandoned-cart@1',
    name: 'edited-meanwhile',
    options: idleSince(Date.UTC(2026, 2, 2, 11)),
    play: (run) => run.advance('3 days'),
  },
  {
    type: 'abandoned-cart@1',
    name: 'deferred-then-skipped',
    options: {
      deliver: (request, now) =>
        now - request.dueAt < 9 * hour
          ? { status: 'deferred', until: request.dueAt + 9 * hour, reason: 'quiet-hours' }
          : { status: 'skipped', reason: 'no-consent' },
    },
    play: (run) => run.advance('3 days'),
  },
  {
    type: 'abandoned-cart@1',
    name: 'provider-down-for-a-moment',
    options: {
      deliver() {
        failures += 1;
        if (failures < 3) throw new Error('down');
        return { status: 'sent', channel: 'email', delivery: reply.delivery };
      },
    },
    play: (run) => run.advance('3 days'),
  },
  { type: 'abandoned-checkout@1', name: 'not-recovered', play: (run) => run.advance('5 days') },
  {
    type: 'abandoned-checkout@1',
    name: 'emptied-before-last',
    async play(run) {
      await run.advance('2 days');
      await run.end('cart.emptied');
    },
  },
  {
    type: 'abandoned-checkout@1',
    name: 'replied-to-help',
    async play(run) {
      await run.advance('30 hours');
      await run.tell('message.replied', reply);
    },
  },
  {
    type: 'thank-you@1',
    name: 'guided',
    options: { fact: { ...order, number: 1 } },
    play: (run) => run.advance('7 days'),
  },
  {
    type: 'thank-you@1',
    name: 'thanked-again',
    options: { fact: { ...order, number: 2 } },
    play: (run) => run.advance('7 days'),
  },
  {
    type: 'thank-you@1',
    name: 'cancelled-before-guide',
    options: { fact: { ...order, number: 1 } },
    async play(run) {
      await run.advance('2 days');
      await run.end('order.cancelled');
    },
  },
  {
    type: 'review-request@1',
    name: 'not-reviewed',
    options: { fact: parcel, answer: () => ['other'] },
    async play(run) {
      await run.advance('2 days');
      await run.tell('order.delivered', { ...parcel, at: order.at + 48 * hour, deliveredAll: true });
      await run.advance('30 days');
    },
  },
  {
    type: 'review-request@1',
    name: 'in-two-parcels-then-reviewed',
    options: { fact: parcel, answer: () => ['food', 'skincare'] },
    async play(run) {
      await run.advance('1 day');
      await run.tell('order.delivered', { ...parcel, at: order.at + 24 * hour, deliveredAll: false });
      await run.advance('4 days');
      await run.tell('order.delivered', { ...parcel, at: order.at + 120 * hour, deliveredAll: true });
      await run.advance('25 days');
      await run.end('review.submitted');
    },
  },
  {
    type: 'review-request@1',
    name: 'never-delivered',
    options: { fact: parcel },
    play: (run) => run.advance('30 days'),
  },
  {
    type: 'review-request@1',
    name: 'complained-before-delivery',
    options: { fact: parcel },
    async play(run) {
      await run.advance('3 days');
      await run.end('complaint.opened');
    },
  },
  {
    type: 'replenishment@1',
    name: 'not-bought-again',
    options: {
      fact: { ...parcel, lines: order.lines, deliveredAll: true },
      answer: suppliesDueOn(24, 34, 54),
    },
    play: (run) => run.advance('60 days'),
  },
  {
    type: 'replenishment@1',
    name: 'in-two-parcels-then-placed-again',
    options: {
      fact: { ...parcel, lines: order.lines, deliveredAll: false },
      answer: suppliesDueOn(24, 34, 54),
    },
    async play(run) {
      await run.advance('2 days');
      await run.tell('order.delivered', { ...parcel, at: order.at + 48 * hour, deliveredAll: true });
      await run.advance('28 days');
      await run.end('order.placed');
    },
  },
  {
    type: 'replenishment@1',
    name: 'no-known-supply',
    options: {
      fact: { ...parcel, lines: order.lines, deliveredAll: false },
      answer: () => ({ over: 'no-known-supply' }),
    },
    play: (run) => run.advance('10 days'),
  },
  {
    type: 'post-holiday-recap@1',
    name: 'offered',
    options: { fact: { ...order, season: 'christmas-2025-12-25' }, answer: inSeason(0) },
    play: (run) => run.advance('60 days'),
  },
  {
    type: 'post-holiday-recap@1',
    name: 'bought-again',
    options: { fact: { ...order, season: 'christmas-2025-12-25' }, answer: inSeason(1) },
    play: (run) => run.advance('60 days'),
  },
  {
    type: 'post-holiday-recap@1',
    name: 'returned-after-care',
    options: { fact: { ...order, season: 'christmas-2025-12-25' }, answer: inSeason(0) },
    async play(run) {
      await run.advance('12 days');
      await run.end('return.opened');
    },
  },
];

/** A reminder, a last one and an invitation are due so many days after the order; then there is nothing left. */
function suppliesDueOn(...days: readonly number[]): NonNullable<CastOptions<unknown>['answer']> {
  const steps = supplyMessages.map((message, place) => ({
    message,
    at: order.at + (days[place] ?? 0) * 24 * hour,
  }));
  return ({ input }) => {
    const next = steps.find(({ at }) => !('after' in input) || at > input.after);
    return next === undefined ? { over: 'not-bought-again' } : { next };
  };
}

function inSeason(ordersSince: number): NonNullable<CastOptions<unknown>['answer']> {
  return ({ name }) =>
    name === 'season.instants'
      ? { overAt: order.at, recapAt: order.at + 24 * 24 * hour, offerAt: order.at + 50 * 24 * hour }
      : { count: ordersSince };
}

/** Start delays, as in the definitions; the others begin at once. */
const startsAfter: Readonly<Record<string, Duration>> = {
  'abandoned-cart@1': '4 hours',
  'abandoned-checkout@1': '1 hour',
  'thank-you@1': '1 hour',
  'post-holiday-recap@1': '72 hours',
};

const [, , only = ''] = process.argv;
const stage = await openStage({ entry: join(checkout, 'workflows/index.ts') });
for (const { type, name, options, play } of scenes.filter((scene) => scene.type.startsWith(only))) {
  const delay = startsAfter[type];
  const run = await stage.cast(type, {
    fact,
    ...(delay === undefined ? {} : { startsAfter: delay }),
    ...options,
  });
  await play(run);
  console.log(`${type} ${name}: ${await run.result()}`);
  await keepHistory(`${type}-${name}`, await run.history());
}
await stage.close();
