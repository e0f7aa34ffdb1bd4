import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideOverdue } from '../../cli/overdue.ts';
import { countOverdue, pause, resume, type Overdue, type PauseScope } from '../../store/pauses.ts';
import {
  campaignRequestOf,
  hour,
  openDeliveryShop,
  requestOf,
  tenOClock,
  type DeliveryShop,
} from './delivery-shop.ts';
import { createMeanwhile } from './meanwhile.ts';

let shop: DeliveryShop;
const { meanwhile, messages } = createMeanwhile();

beforeAll(async () => {
  shop = await openDeliveryShop({ messages, policy: { frequencyCaps: [] } });
});
afterAll(() => shop.close());
beforeEach(async () => {
  meanwhile.reset();
  await shop.db.deleteFrom('pauses').execute();
  await shop.db.deleteFrom('lapses').execute();
});

const journey = { scope: 'journey', name: 'abandoned-cart' } as const;
const sent = { status: 'sent', channel: 'email' };
const leftOut = { status: 'skipped', reason: 'left-out-after-pause' };

const at = (time: number) => {
  shop.clock.time = time;
};
const end = (what: PauseScope, overdue: Overdue) =>
  resume(shop.db, what, overdue === 'send' ? undefined : { overdue, at: shop.clock.time });

/** A reminder that came due an hour into a pause of two; it is now the end of them. */
async function heldBack(what: PauseScope = journey) {
  const customer = await shop.customer();
  const enrolment = await shop.enrolment(customer);
  const request = requestOf(enrolment, { dueAt: tenOClock + hour });
  at(tenOClock);
  await pause(shop.db, what, { at: tenOClock });
  at(tenOClock + hour);
  expect(await shop.deliver([request])).toMatchObject([{ status: 'deferred', reason: 'paused' }]);
  at(tenOClock + 2 * hour);
  return { customer, enrolment, request };
}

const later = (enrolment: string) =>
  requestOf(enrolment, { step: 'reminder#2', dueAt: tenOClock + 3 * hour, say: 'Again' });
const enrolmentOf = (id: string) =>
  shop.db.selectFrom('enrolments').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('what came due during a pause', () => {
  it('goes out when whoever ends the pause says "send"', async () => {
    const { request } = await heldBack();
    await end(journey, 'send');
    expect(await shop.deliver([request])).toMatchObject([sent]);
  });

  it('is left out by "skip", with its reason, and what comes due later is sent', async () => {
    const { request, enrolment } = await heldBack();
    await end(journey, 'skip');
    expect(await shop.deliver([request])).toMatchObject([leftOut]);
    expect((await shop.row(request)).trace).toContainEqual({
      gate: 'overdue',
      channel: 'email',
      verdict: 'skip',
      reason: 'left-out-after-pause',
      saw: { overdue: true, scope: 'journey' },
    });
    expect(await enrolmentOf(enrolment)).toMatchObject({ state: 'open' });
    at(tenOClock + 3 * hour);
    expect(await shop.deliver([later(enrolment)])).toMatchObject([sent]);
  });

  it('is left out by "expire" together with all that its journey had still to say', async () => {
    const { request, enrolment } = await heldBack();
    await end(journey, 'expire');
    expect(await enrolmentOf(enrolment)).toMatchObject({
      state: 'closed',
      exit_reason: 'expired',
      exited_at: tenOClock + 2 * hour,
    });
    expect(await shop.row(request)).toMatchObject({ state: 'skipped', reason: 'journey-ended' });
    at(tenOClock + 3 * hour);
    const ended = { status: 'skipped', reason: 'journey-ended' };
    expect(await shop.deliver([request, later(enrolment)])).toMatchObject([ended, ended]);
  });

  it('is left out also when nobody had asked for it yet', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    at(tenOClock);
    await pause(shop.db, journey, { at: tenOClock });
    at(tenOClock + 2 * hour);
    await end(journey, 'skip');
    const late = requestOf(enrolment, { dueAt: tenOClock + hour });
    expect(await shop.deliver([late])).toMatchObject([leftOut]);
  });

  it('is left out also when it was due before, and something else held it until the pause did', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    const request = requestOf(enrolment, { dueAt: tenOClock - hour });
    at(tenOClock);
    await pause(shop.db, journey, { at: tenOClock });
    await shop.deliver([request]);
    at(tenOClock + hour);
    await end(journey, 'skip');
    expect(await shop.deliver([request])).toMatchObject([leftOut]);
  });

  it('is left out also when it is being written at the moment at which the pause ends', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    const request = requestOf(enrolment, { dueAt: tenOClock });
    at(tenOClock + hour);
    meanwhile.happens = async () => {
      await pause(shop.db, journey, { at: tenOClock });
      await end(journey, 'skip');
    };
    shop.email.heard.length = 0;
    expect(await shop.deliver([request])).toMatchObject([leftOut]);
    expect(shop.email.heard).toEqual([]);
  });
});

describe('what a pause had nothing to do with', () => {
  it.each([
    ['another journey', { scope: 'journey', name: 'win-back' }],
    ['another channel', { scope: 'channel', name: 'sms' }],
    ['a campaign', { scope: 'campaign', name: 'abandoned-cart' }],
  ] as const)('is sent after a pause of %s', async (_, what) => {
    const enrolment = await shop.enrolment(await shop.customer());
    await pause(shop.db, what, { at: tenOClock });
    at(tenOClock + 2 * hour);
    await end(what, 'expire');
    expect(await shop.deliver([requestOf(enrolment, { dueAt: tenOClock + hour })])).toMatchObject([sent]);
  });

  it('is sent when it came due before the pause or after it', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    at(tenOClock);
    await pause(shop.db, journey, { at: tenOClock });
    at(tenOClock + hour);
    await end(journey, 'skip');
    const before = requestOf(enrolment, { dueAt: tenOClock - 1 });
    const after = requestOf(enrolment, { step: 'reminder#2', dueAt: tenOClock + hour });
    expect(await shop.deliver([before, after])).toMatchObject([sent, sent]);
  });

  it('is sent when nothing was paused at all', async () => {
    const enrolment = await shop.enrolment(await shop.customer());
    at(tenOClock + hour);
    expect(await resume(shop.db, journey, { overdue: 'skip', at: shop.clock.time })).toBe(false);
    expect(await shop.deliver([requestOf(enrolment)])).toMatchObject([sent]);
  });
});

describe('whoever ends a pause', () => {
  it('is asked what becomes of the overdue, with their number', async () => {
    await heldBack();
    const count = () => countOverdue(shop.db, journey, shop.clock.time);
    expect(await count()).toBe(1);
    await expect(decideOverdue(undefined, count)).rejects.toMatchObject({ code: 'overdue-undecided' });
    expect(await decideOverdue('expire', count)).toBe('expire');
  });

  it('is not asked when nothing is overdue', async () => {
    await pause(shop.db, journey, { at: tenOClock });
    const count = () => countOverdue(shop.db, journey, tenOClock + hour);
    await shop.db.deleteFrom('deliveries').execute();
    expect(await decideOverdue(undefined, count)).toBe('send');
    expect(await countOverdue(shop.db, { scope: 'everything' }, tenOClock)).toBe(0);
  });

  it('is told of recipients of a campaign that nobody has handed over yet, and may leave them out', async () => {
    const occurrence = await shop.occurrence({ campaign: 'seollal' });
    const recipient = await shop.recipient(occurrence, await shop.customer());
    const campaign = { scope: 'campaign', name: 'seollal' } as const;
    await pause(shop.db, campaign, { at: tenOClock });
    at(tenOClock + hour);
    expect(await countOverdue(shop.db, campaign, shop.clock.time)).toBe(1);
    await end(campaign, 'skip');
    expect(await shop.deliver([campaignRequestOf(recipient)])).toMatchObject([leftOut]);
  });
});

describe.each([
  ['a campaign', { scope: 'campaign', name: 'chuseok' }],
  ['everything', { scope: 'everything' }],
] as const)('a pause of %s in the middle of a wave', (_, what) => {
  const paused = tenOClock + hour / 20;
  const wave = async (launchedAt: number = tenOClock) =>
    shop.recipient(await shop.occurrence({ campaign: 'chuseok', launchedAt }), await shop.customer());
  const counted = () => countOverdue(shop.db, what, shop.clock.time);

  beforeEach(async () => {
    await shop.db.deleteFrom('deliveries').execute();
    await shop.db.deleteFrom('campaign_recipients').execute();
    await shop.db.deleteFrom('campaign_occurrences').execute();
  });

  it('holds back the rest of the wave, which is counted and can be left out', async () => {
    const rest = await wave();
    await pause(shop.db, what, { at: paused });
    at(tenOClock + hour);
    expect(await counted()).toBe(1);
    await end(what, 'skip');
    expect(await shop.deliver([campaignRequestOf(rest)])).toMatchObject([leftOut]);
  });

  it('holds back what was put off by something else into the pause', async () => {
    const request = campaignRequestOf(await wave());
    at(tenOClock);
    await pause(shop.db, { scope: 'channel', name: 'email' }, { at: tenOClock });
    expect(await shop.deliver([request])).toMatchObject([{ status: 'deferred' }]);
    await resume(shop.db, { scope: 'channel', name: 'email' });
    // As if it were quiet hours that put it off by five minutes, to an instant within the pause that begins now.
    await shop.db.updateTable('deliveries').set({ reason: 'quiet-hours' }).execute();
    await pause(shop.db, what, { at: paused });
    at(tenOClock + hour);
    expect(await counted()).toBe(1);
    await end(what, 'skip');
    expect(await shop.deliver([request])).toMatchObject([leftOut]);
  });

  it('has nothing to do with a campaign that is launched after it, however late', async () => {
    await pause(shop.db, what, { at: paused });
    at(tenOClock + hour);
    await end(what, 'skip');
    const late = await wave(tenOClock + hour);
    expect(await shop.deliver([campaignRequestOf(late)])).toMatchObject([sent]);
  });

  it('lets the rest of the wave go when whoever ends it says "send"', async () => {
    const rest = await wave();
    await pause(shop.db, what, { at: paused });
    at(tenOClock + hour);
    await end(what, 'send');
    expect(await shop.deliver([campaignRequestOf(rest)])).toMatchObject([sent]);
  });
});
