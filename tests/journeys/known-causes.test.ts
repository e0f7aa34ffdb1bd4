import { beforeEach, describe, expect, test } from 'vitest';
import { ambiguous } from '../../delivery/channels/channel.ts';
import { createDispatcher } from '../../dispatch/dispatcher.ts';
import type { World } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

// One test for each cause that users of other systems reported (reference peers-commercial 6, peers-open-source 4).

const openWorld = useWorlds();

let world: World;
let shop: Shop;

beforeEach(async () => {
  world = await openWorld('2026-03-02T09:00:00Z');
  shop = createShop(world);
  await shop.open();
  await shop.greet('mina');
});

async function leaveCart(): Promise<void> {
  await world.track(shop.cart('mina', 'a'));
}

describe('a cart message after the order: each cause', () => {
  test('the shop tells of the order only after the reminder was due; from then on it is quiet', async () => {
    await leaveCart();
    await world.advance('5 hours');
    await world.track({ ...shop.order('mina', { cartId: 'a' }), occurredAt: '2026-03-02T09:20:00Z' });
    await world.advance('14 days');
    expect(shop.received()).toHaveLength(1);
  });

  test('two checkouts, one order', async () => {
    await leaveCart();
    await world.advance('5 minutes');
    await world.track(shop.checkout('mina', 'a'));
    await world.advance('5 minutes');
    await world.track([shop.cart('mina', 'b', [tea, mug]), shop.checkout('mina', 'b')]);
    await world.advance('5 minutes');
    await world.track(shop.order('mina', { cartId: 'b' }));
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('events in the wrong order: the order first, then the cart it was made of', async () => {
    await world.advance('10 minutes');
    await world.track(shop.order('mina', { cartId: 'a' }));
    await world.track([
      { ...shop.cart('mina', 'a'), occurredAt: '2026-03-02T09:01:00Z' },
      { ...shop.checkout('mina', 'a'), occurredAt: '2026-03-02T09:05:00Z' },
    ]);
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('events in the wrong order within one call', async () => {
    await world.advance('10 minutes');
    await world.track([
      { ...shop.order('mina'), occurredAt: '2026-03-02T09:09:00Z' },
      { ...shop.checkout('mina', 'a'), occurredAt: '2026-03-02T09:05:00Z' },
      { ...shop.cart('mina', 'a'), occurredAt: '2026-03-02T09:01:00Z' },
    ]);
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('only the payment is told, never the order', async () => {
    await leaveCart();
    await world.advance('30 minutes');
    await world.track({ type: 'cart.emptied', customerId: 'mina', data: { cartId: 'a' } });
    await world.track({ type: 'order.paid', customerId: 'mina', data: { orderId: 'o-1' } });
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('one of several conditions is taken for all: another cart is still open', async () => {
    await leaveCart();
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.track(shop.order('mina', { cartId: 'a' }));
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('another address at the checkout: two records, merged when the shop knows', async () => {
    await leaveCart();
    await world.track(shop.order('guest-81'));
    await world.track({ type: 'customer.merged', data: { from: 'guest-81', into: 'mina' } });
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('the message is held for the quiet hours, and the order comes meanwhile', async () => {
    await shop.greet('tom', { consents: ['sms'] });
    await world.advance('8 hours');
    await world.track(shop.cart('tom', 'b'));
    await world.advance('10 hours');
    await world.track(shop.order('tom'));
    await world.advance('3 days');
    expect(shop.received()).toEqual([]);
  });

  test('the message is held by the cap, and the order comes meanwhile', async () => {
    await leaveCart();
    await world.advance('5 hours');
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.advance('10 hours');
    expect((await world.deliveries()).at(-1)?.state).toBe('deferred');
    await world.track(shop.order('mina'));
    await world.advance('14 days');
    expect(shop.received()).toHaveLength(1);
  });

  test('the order comes in the very moment in which the reminder is due', async () => {
    await leaveCart();
    await world.advanceTo('2026-03-02T12:59:59.999Z');
    await world.track(shop.order('mina'));
    await world.advance('14 days');
    expect(shop.received()).toEqual([]);
  });

  test('the signal is late: the seal alone keeps it quiet', async () => {
    await leaveCart();
    // The order is accepted, and the dispatcher is away until after the reminder was due.
    await world.intake.accept([{ ...shop.order('mina'), id: 'unheard', occurredAt: '2026-03-02T09:00:00Z' }]);
    await world.advance('4 hours');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });
});

describe('the same message twice: each cause', () => {
  test('two services tell of the same cart within a second, and both calls are accepted', async () => {
    const cart = { ...shop.cart('mina', 'a'), id: 'cart-event', occurredAt: '2026-03-02T09:00:00Z' };
    await Promise.all([world.intake.accept([cart]), world.intake.accept([cart])]);
    await world.track(shop.product('tea', { stock: 19 }));
    await world.advance('4 hours');
    expect(shop.received()).toHaveLength(1);
  });

  test('two events of one cart, each with an id of its own, are one cart', async () => {
    await Promise.all(
      ['one', 'two'].map(async (id) =>
        world.intake.accept([{ ...shop.cart('mina', 'a'), id, occurredAt: '2026-03-02T09:00:00Z' }]),
      ),
    );
    await world.track(shop.product('tea', { stock: 19 }));
    await world.advance('14 days');
    expect(shop.received()).toHaveLength(2);
    expect(await shop.ends()).toHaveLength(1);
  });

  test('a cart of many lines is one message', async () => {
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.advance('4 hours');
    expect(shop.received()).toHaveLength(1);
    expect(world.outbox()[0]?.text).toContain('Green tea');
    expect(world.outbox()[0]?.text).toContain('Blue mug');
  });

  test('a journey that is entered once is not entered again by repeats, now or after it is over', async () => {
    for (let time = 0; time < 4; time += 1) {
      await leaveCart();
      await world.advance('2 days');
    }
    await world.advance('7 days');
    expect((await shop.ends()).length).toBe(1);
    expect(shop.received()).toHaveLength(2);
  });

  test('two dispatchers tell the same outbox', async () => {
    const told: string[] = [];
    const second = createDispatcher({
      db: world.db,
      clock: world.clock,
      intake: world.intake,
      runs: {
        start: async ({ runId }) => (told.push(runId), 'already-started'),
        tell: async () => 'told',
      },
    });
    await Promise.all([leaveCart(), second.drain()]);
    await world.advance('14 days');
    expect(shop.received().length).toBeLessThanOrEqual(2);
  });

  test('a worker dies between two messages, or while one is due', async () => {
    await leaveCart();
    await world.advanceTo('2026-03-02T12:59:59Z');
    await Promise.all([world.advance('2 seconds'), world.restartWorker()]);
    await world.restartWorker();
    await world.advance('14 days');
    expect(shop.received()).toEqual([
      '2026-03-02T13:00 cart-reminder by email to mina@example.com',
      '2026-03-03T09:00 cart-reminder-last by email to mina@example.com',
    ]);
  });

  test('a provider takes the message and the answer is lost', async () => {
    const unlucky = await openWorld('2026-03-02T09:00:00Z', {
      mishap: ({ message }) => (message === 'cart-reminder' ? ambiguous('reset') : undefined),
    });
    const other = createShop(unlucky);
    await other.open();
    await other.greet('mina');
    await unlucky.track(other.cart('mina', 'a'));
    await unlucky.advance('14 days');
    expect(unlucky.outbox().map(({ message }) => message)).toEqual(['cart-reminder', 'cart-reminder-last']);
  });

  test('two people share one telephone: the cap holds per number', async () => {
    for (const name of ['jo', 'kim']) {
      await shop.greet(name, { consents: ['sms'] });
      await world.track(shop.cart(name, `cart-of-${name}`));
    }
    await world.advance('20 hours');
    expect(shop.received()).toHaveLength(1);
  });
});

describe('a message that never comes: each cause', () => {
  test('a killed worker does not mute the customer for ever', async () => {
    await leaveCart();
    await world.restartWorker();
    await world.advance('4 hours');
    expect(shop.received()).toHaveLength(1);
  });

  test('a message of this morning does not swallow the cart’s; it waits', async () => {
    await leaveCart();
    await world.advance('5 hours');
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.advance('30 hours');
    expect(shop.received()).toHaveLength(2);
  });

  test('an empty field of a product does not keep the message from being written', async () => {
    await world.track({
      type: 'cart.updated',
      customerId: 'mina',
      data: {
        cartId: 'a',
        items: [{ variant: 'never-heard-of', quantity: 1, price: tea.price }, tea],
      },
    });
    await world.advance('4 hours');
    expect(shop.received()).toHaveLength(1);
  });
});
