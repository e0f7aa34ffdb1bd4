import { defineJourney, question } from '../../workflows/journey.ts';

/** Small stories, each about one thing that a run must get right. */

const base = {
  version: 1,
  startsOn: 'cart.updated',
  key: (cart: { readonly cycle: string }) => cart.cycle,
  endsOn: ['order.placed'],
  reentry: 'once-per-key',
} as const;

export const waitSend = defineJourney(
  { ...base, name: 'wait-send', startsAfter: '4 hours' },
  async (cart, { send, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

/** Its wait is short, so that its price can be measured in real time. */
export const sendWaitSend = defineJourney(
  { ...base, name: 'send-wait-send' },
  async (cart, { send, sleep, ask, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('2 seconds');
    await ask(question('cart.last-activity', { cart: cart.cycle }));
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

export const idle = defineJourney(
  { ...base, name: 'idle', startsAfter: '4 hours' },
  async (cart, { idleFor, send, exit }) => {
    await idleFor('4 hours', { since: question('cart.last-activity', { cart: cart.cycle }) });
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

export const reply = defineJourney(
  { ...base, name: 'reply', wakesOn: ['message.replied'] },
  async (_cart, { sleep, waitFor, exit }) => {
    await sleep('1 hour');
    const reply = await waitFor('message.replied', '20 hours');
    return exit(reply === undefined ? 'silent' : `replied to ${reply.delivery}`);
  },
);

export const gather = defineJourney(
  { ...base, name: 'gather', wakesOn: ['message.clicked'] },
  async (_cart, { collect, exit }) => {
    const clicks = await collect('message.clicked', { for: '5 days', atMost: 3 });
    return exit(clicks.map((click) => click.delivery).join(' and ') || 'nothing');
  },
);

export const gatherUntil = defineJourney(
  { ...base, name: 'gather-until', wakesOn: ['order.delivered'] },
  async (_cart, { collect, exit }) => {
    const parcels = await collect('order.delivered', {
      for: '14 days',
      until: (parcel) => parcel.deliveredAll,
    });
    return exit(parcels.map(({ shipment }) => shipment).join(' and ') || 'nothing');
  },
);

export const stubborn = defineJourney({ ...base, name: 'stubborn' }, async (cart, { send, sleep, exit }) => {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      await sleep('1 day');
    } catch {
      // Swallows whatever comes.
    } finally {
      await send('cart-reminder', { cart: cart.cycle });
    }
  }
  return exit('never stopped');
});

export const forgetful = defineJourney(
  { ...base, name: 'forgetful' },
  async (cart, { send, sleep, exit }) => {
    exit('forgot to return');
    await sleep('1 day');
    await send('cart-reminder', { cart: cart.cycle });
    return exit('too late');
  },
);

export const clockwork = defineJourney(
  { ...base, name: 'clockwork', startsAfter: '4 hours' },
  async (cart, { send, sleep, sleepUntil, now, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('20 hours');
    await send('cart-reminder', { cart: cart.cycle });
    const noon = Math.ceil(now() / 86_400_000) * 86_400_000 + 43_200_000;
    await sleepUntil(noon);
    await sleepUntil(noon - 1);
    await send('cart-reminder', { cart: cart.cycle });
    return exit(new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', timeStyle: 'medium' }).format(now()));
  },
);

export const variants = defineJourney({ ...base, name: 'variants' }, async (_cart, { choose, exit }) => {
  return exit(choose('tone', { warm: 50, brief: 50 }));
});

export const together = defineJourney({ ...base, name: 'together' }, async (cart, { send, exit }) => {
  const [first, second] = await Promise.all([
    send('cart-reminder', { cart: cart.cycle }),
    send('checkout-reminder', { cart: cart.cycle }),
  ]);
  return exit(`${first.status} ${second.status}`);
});

export const sendTwice = defineJourney(
  { ...base, name: 'send-twice' },
  async (cart, { send, sleep, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('1 day');
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);
