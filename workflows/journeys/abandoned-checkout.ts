import { defineJourney } from '../journey.ts';
import { lastCartActivity } from './cart-parts.ts';

/** Somebody was about to pay and stopped: a word after one hour, an offer of help after a day, a last one after three. */
export const abandonedCheckout = defineJourney(
  {
    name: 'abandoned-checkout',
    version: 1,
    startsOn: 'checkout.started',
    key: (cart) => cart.cycle,
    unless: (cart) => cart.items.length === 0,
    startsAfter: '1 hour',
    endsOn: ['order.placed', 'cart.emptied', 'cart.superseded'],
    wakesOn: ['message.replied'],
    reentry: 'once-per-key',
    reopensAfter: ['cart.superseded'],
  },
  async (cart, { idleFor, send, waitFor, exit }) => {
    const idle = { since: lastCartActivity(cart) };

    await idleFor('1 hour', idle);
    const reminder = await send('checkout-reminder', { cart: cart.cycle });
    if (reminder.status === 'skipped') return exit(reminder.reason);
    if (await waitFor('message.replied', '23 hours')) return exit('replied');

    await idleFor('24 hours', idle);
    const help = await send('checkout-reminder-help', { cart: cart.cycle });
    if (help.status === 'skipped') return exit(help.reason);
    if (await waitFor('message.replied', '48 hours')) return exit('replied');

    await idleFor('72 hours', idle);
    const last = await send('checkout-reminder-last', { cart: cart.cycle });
    if (last.status === 'skipped') return exit(last.reason);

    return exit('not-recovered');
  },
);
