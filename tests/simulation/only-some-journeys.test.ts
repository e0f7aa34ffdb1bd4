import { describe, expect, it } from 'vitest';
import { openStage } from '../../simulation/stage.ts';
import type { WorldEvent } from '../../simulation/world.ts';
import { useWorlds } from '../kit/world.ts';

const customerId = 'c-1001';
const price = { amount: 255, currency: 'GBP' };
const leftCart: WorldEvent = {
  type: 'cart.updated',
  customerId,
  data: { cartId: 'cart-7', items: [{ variant: '85123A', quantity: 2, price }] },
};
const leftCheckout: WorldEvent = {
  type: 'checkout.started',
  customerId,
  data: { checkoutId: 'checkout-3', cartId: 'cart-7' },
};

describe('a world of one journey', () => {
  const openWorld = useWorlds({ only: ['abandoned-checkout'] });

  it('begins that journey and no other', async () => {
    const world = await openWorld('2026-03-02T09:00:00Z');
    await world.track(leftCart);
    expect(await world.enrolments()).toEqual([]);
    await world.track(leftCheckout);
    expect(await world.enrolments()).toMatchObject([{ journey: 'abandoned-checkout' }]);
  });
});

describe('a world of a journey that does not exist', () => {
  it('does not open, and says which there are', async () => {
    const temporal = { address: '127.0.0.1:7233', namespace: 'simulation' };
    const opening = openStage({ temporal, only: ['abandoned-cat'] });
    await expect(opening).rejects.toMatchObject({
      code: 'journey-unknown',
      message: expect.stringContaining('abandoned-cart'),
    });
  });
});
