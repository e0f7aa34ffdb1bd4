import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCampaignWork } from '../../activities/campaigns/create-campaign-work.ts';
import { throttled } from '../../delivery/channels/channel.ts';
import { createDeliverEach, type Delivered, type DeliverEach } from '../../delivery/deliver.ts';
import type { CampaignDefinition } from '../../domain/campaign.ts';
import { segment } from '../../domain/segment.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { beginOccurrence, buyersSince, endOccurrence } from '../../store/campaign-occurrences.ts';
import { newId } from '../../store/new-id.ts';
import { hour, listeningChannel, openDeliveryShop, tenOClock } from '../delivery/delivery-shop.ts';

let shop: Awaited<ReturnType<typeof openDeliveryShop>>;

beforeEach(async () => {
  shop = await openDeliveryShop();
});
afterEach(() => shop.close());

const sale: CampaignDefinition = {
  name: 'sale',
  audience: segment({ consent: 'email' }),
  message: 'reminder',
  input: () => ({ say: 'Hello' }),
  when: { date: '2026-11-26', at: '10:00', in: 'recipient' },
};

function workWith(deliverEach: DeliverEach, campaigns: readonly CampaignDefinition[] = [sale]) {
  const failures: unknown[] = [];
  const gone: PerennialError[] = [];
  const work = createCampaignWork({
    db: shop.db,
    campaigns,
    deliverEach,
    onFailure: (error) => failures.push(error),
    onGone: (told) => gone.push(told),
    messages: shop.deps.messages,
    home: { timeZone: 'Europe/London' },
    clock: shop.clock,
  });
  return { work, failures, gone };
}

async function underWay(size: number): Promise<string> {
  const occurrence = await shop.occurrence({ campaign: sale.name });
  for (let count = 0; count < size; count += 1) await shop.recipient(occurrence, await shop.customer());
  return occurrence;
}

const chunkOf = (occurrence: string, all = false) => ({ run: '', occurrence, lane: 0, lanes: 1, all });

describe('a campaign that is cancelled while its provider wants rest', () => {
  it('waits until the rest is over instead of asking again and again, and then tells the ledger', async () => {
    const busy = listeningChannel('email', async () => throttled(hour, 'too many requests'));
    const { work } = workWith(createDeliverEach({ ...shop.deps, channels: [busy] }));
    const occurrence = await underWay(2);
    await work.sendChunk(chunkOf(occurrence));
    await endOccurrence(shop.db, occurrence, 'cancelled');
    const plan = () => work.plan({ run: '', occurrence, takenUpTo: tenOClock });
    const step = await plan();
    expect(step).toMatchObject({ do: 'wait' });
    expect(await work.sendChunk(chunkOf(occurrence, true))).toMatchObject({ handled: 0 });

    shop.clock.time = step.do === 'wait' ? step.until : Number.NaN;
    expect(await plan()).toEqual({ do: 'send', all: true });
    await work.sendChunk(chunkOf(occurrence, true));
    expect(await plan()).toEqual({ do: 'end' });
    expect(busy.heard).toHaveLength(2);
    const rows = await shop.db.selectFrom('deliveries').select(['state', 'reason']).execute();
    expect(rows).toEqual(
      Array.from({ length: 2 }, () => ({ state: 'skipped', reason: 'campaign-not-running' })),
    );
  });

  it('does not wait for anybody else', async () => {
    const { work } = workWith(createDeliverEach(shop.deps));
    const occurrence = await underWay(2);
    await endOccurrence(shop.db, occurrence, 'cancelled');
    expect(await work.plan({ run: '', occurrence, takenUpTo: tenOClock })).toEqual({ do: 'send', all: true });
  });
});

describe('a chunk', () => {
  const sent: Delivered = { status: 'sent', channel: 'email', delivery: 'd' };
  const again = (code: 'rate-limited' | 'delivery-in-flight'): Delivered => ({
    status: 'again',
    error: new PerennialError(code, 'later'),
  });
  const oops: Delivered = { status: 'again', error: new TypeError('no such product') };

  it.each<[string, readonly Delivered[], boolean]>([
    ['all of it left', [sent, sent], false],
    ['some left, and the others had no permit in this turn', [sent, again('rate-limited')], false],
    ['nobody had a permit', [again('rate-limited'), again('rate-limited')], true],
    ['one is in the hands of a worker that may have died', [sent, again('delivery-in-flight')], true],
    ['one cannot be written', [sent, oops], true],
  ])('is left alone for a moment, or not: %s', async (_, delivered, troubled) => {
    const { work } = workWith(async () => delivered);
    const occurrence = await underWay(2);
    expect(await work.sendChunk(chunkOf(occurrence))).toEqual({ handled: 2, troubled });
  });

  it('tells of a mistake in a message, and not of what happens on a good day', async () => {
    const occurrence = await underWay(2);
    const faulty = workWith(async () => [sent, oops]);
    await faulty.work.sendChunk(chunkOf(occurrence));
    expect(faulty.failures).toEqual([new TypeError('no such product')]);
    const busy = workWith(async () => [again('delivery-in-flight'), again('rate-limited')]);
    await busy.work.sendChunk(chunkOf(occurrence));
    expect(busy.failures).toEqual([]);
  });
});

describe('a campaign whose code was taken out while it is under way', () => {
  const minute = 60_000;
  const withoutCode = () => workWith(createDeliverEach(shop.deps), []);
  const about = (occurrence: string) => ({ run: '', occurrence, takenUpTo: tenOClock });
  const states = async () =>
    (await shop.db.selectFrom('deliveries').select('state').execute()).map((row) => row.state);

  it('sends nothing, looks up once a minute, and is told of once, with what to do', async () => {
    const { work, gone } = withoutCode();
    const occurrence = await underWay(2);
    for (let look = 0; look < 3; look += 1) {
      expect(await work.plan(about(occurrence))).toEqual({ do: 'wait', until: tenOClock + minute });
      expect(await work.sendChunk(chunkOf(occurrence))).toEqual({ handled: 0, troubled: false });
    }
    expect(await states()).toEqual([]);
    expect(gone).toEqual([expect.objectContaining({ code: 'campaign-gone' })]);
    expect(gone[0]?.message).toContain('npx perennial campaign cancel sale');
  });

  it('goes on when its code is back', async () => {
    const occurrence = await underWay(2);
    await withoutCode().work.plan(about(occurrence));
    const { work, gone } = workWith(createDeliverEach(shop.deps));
    expect(await work.plan(about(occurrence))).toEqual({ do: 'send', all: false });
    await work.sendChunk(chunkOf(occurrence));
    expect(await states()).toEqual(['accepted', 'accepted']);
    expect(gone).toEqual([]);
  });

  it('does not pass over a wave that came due meanwhile', async () => {
    const occurrence = await underWay(0);
    const wave = { run: '', occurrence, upTo: tenOClock };
    const progress = { beat: () => undefined };
    const { work } = withoutCode();
    await expect(work.take(wave, progress)).rejects.toMatchObject({ code: 'campaign-gone' });
    await endOccurrence(shop.db, occurrence, 'cancelled');
    expect(await work.take(wave, progress)).toBe(0);
  });

  it('ends when it is cancelled, and when it was only a test', async () => {
    const { work, gone } = withoutCode();
    const cancelled = await underWay(2);
    await endOccurrence(shop.db, cancelled, 'cancelled');
    expect(await work.plan(about(cancelled))).toEqual({ do: 'end' });
    const test = await shop.occurrence({ campaign: 'another', test: true });
    expect(await work.plan(about(test))).toEqual({ do: 'end' });
    expect(gone).toEqual([]);
  });

  it('does not begin', async () => {
    const open = { run: '', campaign: sale.name, scheduledAt: tenOClock };
    await expect(withoutCode().work.open(open)).rejects.toMatchObject({ code: 'campaign-gone' });
    expect(await shop.db.selectFrom('campaign_occurrences').selectAll().execute()).toEqual([]);
  });
});

describe('buyers since the opening of a series', () => {
  const day = 24 * hour;
  const series = { excludeBuyersSinceLaunch: 'early-access' };
  const launch = (launchedAt: number) =>
    beginOccurrence(shop.db, {
      id: newId(),
      campaign: 'early-access',
      scheduledAt: launchedAt,
      launchedAt,
      includesBusiness: false,
    });

  it('are counted from its last launch', async () => {
    await launch(tenOClock - 3 * day);
    await launch(tenOClock - 2 * day);
    expect(await buyersSince(shop.db, series, tenOClock)).toBe(tenOClock - 2 * day);
  });

  it("are not counted from next year's, which was called off already", async () => {
    await launch(tenOClock - 2 * day);
    const next = await launch(tenOClock + 365 * day);
    await endOccurrence(shop.db, next.id, 'cancelled');
    expect(await buyersSince(shop.db, series, tenOClock)).toBe(tenOClock - 2 * day);
  });

  it('are not counted from one that was called off, and are from one that was cancelled on its way', async () => {
    const calledOff = await launch(tenOClock - day);
    await endOccurrence(shop.db, calledOff.id, 'cancelled');
    expect(await buyersSince(shop.db, series, tenOClock)).toBe(tenOClock);
    await shop.recipient(calledOff.id, await shop.customer());
    expect(await buyersSince(shop.db, series, tenOClock)).toBe(tenOClock - day);
  });
});
