import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openStage } from '../../simulation/stage.ts';
import { readTimeline } from '../../simulation/timeline.ts';
import type { World } from '../../simulation/world.ts';
import { createShop, mug } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();

/** Two customers whose carts compete with each other, and everything that is written down about them. */
async function tell(world: World): Promise<string> {
  const shop = createShop(world);
  await shop.open();
  await shop.greet('mina');
  await shop.greet('tom', { consents: ['sms'] });
  await world.track([shop.cart('mina', 'a'), shop.cart('tom', 'b')]);
  await world.advance('5 hours');
  await world.track([shop.cart('mina', 'c', [mug]), shop.checkout('tom', 'b')]);
  await world.advance('20 hours');
  await world.track(shop.order('mina'));
  await world.advance('10 days');
  const sent = world.outbox().map(({ sendId, html, ...message }) => ({
    ...message,
    hasId: sendId.length > 0,
    // An unsubscribe link holds the delivery's id, which is new each time.
    text: message.text.replaceAll(/\/([up])\/[\w-]+/g, '/$1/…'),
    html: html && fingerprint(html.replaceAll(/\/([up])\/[\w-]+/g, '/$1/…')),
  }));
  return JSON.stringify({
    sent,
    timeline: await readTimeline(world.db),
    deliveries: await world.deliveries(),
    enrolments: await world.enrolments(),
  });
}

/** A page in a few letters, so that a difference can be read. */
function fingerprint(html: string): string {
  return createHash('sha256').update(html).digest('hex').slice(0, 12);
}

describe('a world', () => {
  test('repeats to the byte', async () => {
    const first = await tell(await openWorld('2026-03-02T09:00:00Z'));
    const second = await tell(await openWorld('2026-03-02T09:00:00Z'));
    expect(second).toBe(first);
    expect(first).toContain('cart-reminder');
  });

  test('repeats to the byte beside another one', async () => {
    const worlds = await Promise.all([openWorld('2026-03-02T09:00:00Z'), openWorld('2026-03-02T09:00:00Z')]);
    const [first, second] = await Promise.all(worlds.map(tell));
    expect(second).toBe(first);
  });

  test('plays 2010 as well as a year that is still to come', async () => {
    for (const startAt of ['2010-12-01T09:00:00Z', '2031-09-20T09:00:00+09:00']) {
      const world = await openWorld(startAt);
      const shop = createShop(world);
      await shop.open();
      await shop.greet('mina');
      await world.track(shop.cart('mina', 'a'));
      await world.advance('4 hours');
      expect(world.outbox().map(({ at }) => at)).toEqual([Date.parse(startAt) + 4 * 3_600_000]);
    }
  });

  test('does nothing before its time', async () => {
    const world = await openWorld('2026-03-02T09:00:00Z');
    const shop = createShop(world);
    await shop.open();
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advanceTo('2026-03-02T12:59:59Z');
    expect(world.outbox()).toEqual([]);
    await world.advance('1 second');
    expect(world.outbox()).toHaveLength(1);
  });

  test('does not go back in time', async () => {
    const world = await openWorld('2026-03-02T09:00:00Z');
    await expect(world.advanceTo('2026-03-02T08:59:59Z')).rejects.toThrow('Time only moves forward');
    await expect(world.advance('-1 hours')).rejects.toMatchObject({ code: 'duration-invalid' });
  });

  test('does not touch a server that is not on this machine', async () => {
    await expect(
      openStage({ temporal: { address: 'temporal.internal:7233', namespace: 'default' } }),
    ).rejects.toMatchObject({ code: 'world-not-local' });
  });

  test('hears at once of an order, whatever the run is doing', async () => {
    const world = await openWorld('2026-03-02T17:00:00Z');
    const shop = createShop(world);
    await shop.open();
    for (const [name, wait] of [
      ['in its start delay', '1 hour'],
      ['in a deferral', '6 hours'],
      ['in a wait', '20 hours'],
    ] as const) {
      await shop.greet(name, { consents: ['sms'], phone: `+44770090${1000 + wait.length}` });
      await world.track(shop.cart(name, `cart-${name.replaceAll(' ', '-')}`));
      await world.advance(wait);
      await world.track(shop.order(name));
      const enrolments = await world.enrolments();
      expect(enrolments.filter(({ customer }) => customer === name)).toMatchObject([
        { state: 'closed', exitReason: 'order.placed', exitedAt: world.now() },
      ]);
    }
  });
});
