import { defineJourney } from '../journey.ts';
import { lastCartActivity } from './cart-parts.ts';

/** A cart that nobody touches: one reminder after four hours, one more after a day. Checkouts are the next journey's. */
export const abandonedCart = defineJourney(
  {
    name: 'abandoned-cart',
    version: 1,
    startsOn: 'cart.updated',
    key: (cart) => cart.cycle,
    // A cart whose checkout was started belongs to the journey about checkouts.
    unless: (cart) => cart.items.length === 0 || cart.checkoutAt !== undefined,
    startsAfter: '4 hours',
    endsOn: ['order.placed', 'cart.emptied', 'checkout.started', 'cart.superseded'],
    wakesOn: ['message.replied'],
    reentry: 'once-per-key',
    // An older cart that is touched again speaks again.
    reopensAfter: ['cart.superseded'],
  },
  async (cart, { idleFor, send, waitFor, exit }) => {
    await idleFor('4 hours', { since: lastCartActivity(cart) });
    const reminder = await send('cart-reminder', { cart: cart.cycle });
    if (reminder.status === 'skipped') return exit(reminder.reason);

    const reply = await waitFor('message.replied', '20 hours');
    if (reply) return exit('replied');

    await idleFor('24 hours', { since: lastCartActivity(cart) });
    const last = await send('cart-reminder-last', { cart: cart.cycle });
    if (last.status === 'skipped') return exit(last.reason);

    return exit('not-recovered');
  },
);
