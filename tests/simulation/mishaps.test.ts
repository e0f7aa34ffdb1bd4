import { describe, expect, test } from 'vitest';
import { ambiguous, rejected, throttled } from '../../delivery/channels/channel.ts';
import type { Mishap } from '../../simulation/memory-channel.ts';
import { createShop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();

async function cartWith(mishap: Mishap, consents: ('email' | 'sms')[] = ['email']) {
  const world = await openWorld('2026-03-02T09:00:00Z', { mishap });
  const shop = createShop(world);
  await shop.open();
  await shop.greet('mina', { consents });
  await world.track(shop.cart('mina', 'a'));
  await world.advance('4 hours');
  return { world, shop };
}

describe('a provider', () => {
  test('that has had enough for now is asked again later, and the message leaves once', async () => {
    let asked = 0;
    const { world, shop } = await cartWith(() => ((asked += 1) <= 2 ? throttled(60_000, '429') : undefined));
    expect(shop.received()).toEqual([]);
    await world.advance('5 minutes');
    expect(shop.received()).toHaveLength(1);
    expect(asked).toBe(3);
  });

  test('that has had enough for now does not hold a message back from its end', async () => {
    const { world, shop } = await cartWith(() => throttled(600_000, '429'));
    await world.track(shop.order('mina'));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });

  test('that may have accepted a message is not asked again', async () => {
    const { world, shop } = await cartWith(() => ambiguous('the connection was reset'));
    await world.advance('7 days');
    const reminders = world.outbox().filter(({ message }) => message === 'cart-reminder');
    expect(reminders).toHaveLength(1);
    expect(await shop.withheld()).toContainEqual(expect.stringMatching(/^cart-reminder#1 unknown/));
  });

  test('that refuses for good makes room for the next channel', async () => {
    const { shop } = await cartWith(
      ({ content }) => (content.channel === 'email' ? rejected('550', true) : undefined),
      ['email', 'sms'],
    );
    expect(shop.received()).toEqual(['2026-03-02T13:00 cart-reminder by sms to +447700900123']);
  });

  test('that refuses for good is the end of the message when there is no other channel', async () => {
    const { world, shop } = await cartWith(() => rejected('550', true));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.withheld()).toContainEqual(expect.stringMatching(/^cart-reminder#1 failed/));
  });
});
