import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();

let world: World;
let shop: Shop;

beforeEach(async () => {
  world = await openWorld('2026-03-02T09:00:00Z');
  shop = createShop(world);
  await shop.open();
});

/** A cart at nine, its checkout half an hour later. */
async function startCheckout(customer = 'mina'): Promise<void> {
  await shop.greet(customer);
  await world.track(shop.cart(customer, `cart-of-${customer}`));
  await world.advance('30 minutes');
  await world.track(shop.checkout(customer, `cart-of-${customer}`));
}

describe('an abandoned checkout', () => {
  test('brings a word after an hour, help after a day and a last word after three, and no more', async () => {
    await startCheckout();
    await world.advance('14 days');
    expect(shop.received()).toEqual([
      '2026-03-02T10:30 checkout-reminder by email to mina@example.com',
      '2026-03-03T09:30 checkout-reminder-help by email to mina@example.com',
      '2026-03-05T09:30 checkout-reminder-last by email to mina@example.com',
    ]);
  });

  test('is quiet when it was finished within the hour', async () => {
    await startCheckout();
    await world.advance('59 minutes');
    await world.track(shop.order('mina', { cartId: 'cart-of-mina' }));
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual([
      'abandoned-cart: checkout.started',
      'abandoned-checkout: order.placed',
    ]);
  });

  test('is quiet from the order on, between any two of its messages', async () => {
    for (const [customer, wait, messages] of [
      ['after-one', '5 hours', 1],
      ['after-two', '30 hours', 2],
    ] as const) {
      await startCheckout(customer);
      await world.advance(wait);
      await world.track(shop.order(customer));
      await world.advance('10 days');
      expect(world.outbox().filter(({ to }) => to.startsWith(customer))).toHaveLength(messages);
    }
  });

  test('is not abandoned while its cart is still being edited', async () => {
    await startCheckout();
    await world.advance('30 minutes');
    await world.track(shop.cart('mina', 'cart-of-mina', [tea, mug]));
    await world.advance('45 minutes');
    expect(shop.received()).toEqual([]);
    await world.advance('15 minutes');
    expect(shop.received()).toEqual(['2026-03-02T11:00 checkout-reminder by email to mina@example.com']);
  });

  test('does not let the cart’s own journey begin again', async () => {
    await startCheckout();
    await world.advance('10 minutes');
    await world.track(shop.cart('mina', 'cart-of-mina', [tea, mug]));
    await world.advance('14 days');
    expect(shop.received().every((line) => line.includes('checkout-reminder'))).toBe(true);
    expect(await shop.ends()).toHaveLength(2);
  });

  test('begins once, however often the customer comes back to it', async () => {
    await startCheckout();
    await world.advance('10 minutes');
    await world.track(shop.checkout('mina', 'cart-of-mina'));
    await world.track({
      type: 'checkout.started',
      customerId: 'mina',
      data: { checkoutId: 'another', cartId: 'cart-of-mina' },
    });
    await world.advance('14 days');
    expect(shop.received()).toHaveLength(3);
  });

  test('is quiet when its cart was emptied or a newer one speaks', async () => {
    await startCheckout('empties');
    await world.track({
      type: 'cart.emptied',
      customerId: 'empties',
      data: { cartId: 'cart-of-empties' },
    });
    await startCheckout('changes');
    await world.track(shop.cart('changes', 'newer', [mug]));
    await world.advance('3 hours');
    expect(shop.received()).toEqual([]);
  });

  test('says nothing when all of it has been sold to others', async () => {
    await startCheckout();
    await world.track(shop.product('tea', { stock: 0 }));
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.withheld()).toEqual(['checkout-reminder#1 skipped: nothing-to-say']);
  });

  test('ends when the customer answers, and not at somebody else’s answer', async () => {
    await startCheckout('asks');
    await startCheckout('waits');
    await world.advance('2 hours');
    const ours = world.outbox().find(({ to }) => to.startsWith('asks'));
    await world.track({
      type: 'message.replied',
      data: { sendId: ours?.sendId ?? '', text: 'Is it still there?' },
    });
    await world.advance('14 days');
    expect(world.outbox().filter(({ to }) => to.startsWith('asks'))).toHaveLength(1);
    expect(world.outbox().filter(({ to }) => to.startsWith('waits'))).toHaveLength(3);
    expect(await shop.ends()).toContain('abandoned-checkout: replied');
  });

  test('is not written about to an address that bounced', async () => {
    await startCheckout();
    await world.advance('2 hours');
    await world.track({
      type: 'message.bounced',
      data: { sendId: world.outbox()[0]?.sendId ?? '', kind: 'hard' },
    });
    await world.advance('14 days');
    expect(shop.received()).toHaveLength(1);
  });
});
