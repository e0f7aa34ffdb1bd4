import { defineJourney, question, type Exit } from '../../workflows/journey.ts';

/**
 * What must not compile in a story. `tsc` reads this file with all others: a line under `@ts-expect-error` that does
 * compile is an error itself, and so is a line without one that does not.
 */

const cartOf = '6f1c2a34-0000-7000-8000-000000000001';

export const right = defineJourney(
  {
    name: 'right',
    version: 1,
    startsOn: 'cart.updated',
    key: (cart) => cart.cycle,
    unless: (cart) => cart.items.length === 0,
    startsAfter: '4 hours',
    endsOn: ['order.placed', 'cart.emptied'],
    wakesOn: ['message.replied', 'message.clicked'],
    matches: { 'order.placed': (order) => order.cycle },
    reopensAfter: ['cart.emptied'],
    reentry: { after: '14 days' },
  },
  async (cart, { sleep, sleepUntil, idleFor, waitFor, collect, send, ask, choose, now, exit }) => {
    await sleep('1 day');
    await sleepUntil(now() + 5);
    await idleFor('4 hours', { since: question('cart.last-activity', { cart: cart.cycle }) });
    const sent = await send('cart-reminder', { cart: cart.cycle });
    if (sent.status === 'skipped') return exit(sent.reason);
    const reply = await waitFor('message.replied', '20 hours');
    const clicks = await collect('message.clicked', { for: '5 days', atMost: 3 });
    const { count } = await ask(question('customer.orders', { since: cart.at }));
    const tone: 'warm' | 'brief' = choose('tone', { warm: 50, brief: 50 });
    return exit(reply?.delivery ?? clicks[0]?.delivery ?? `${count} ${tone}`);
  },
);

const definition = {
  name: 'wrong',
  version: 1,
  startsOn: 'cart.updated',
  key: (cart: { readonly cycle: string }) => cart.cycle,
  endsOn: ['order.placed'],
  wakesOn: ['message.replied'],
  reentry: 'once-per-key',
} as const;

export const mistakesInStories = defineJourney(
  definition,
  async (cart, { sleep, idleFor, waitFor, collect, send, ask, choose, exit }) => {
    // @ts-expect-error the journey does not wake on it
    await waitFor('order.paid', '4 hours');
    // @ts-expect-error it ends the journey, so nobody can wait for it
    await waitFor('order.placed', '4 hours');
    // @ts-expect-error there is no such event
    await collect('message.reply', { for: '4 hours' });
    // @ts-expect-error the fact has no such field
    exit(cart.cycel);
    const reply = await waitFor('message.replied', '4 hours');
    // @ts-expect-error the time may be up
    exit(reply.delivery);
    // @ts-expect-error a reply has no text here: words of customers stay out of histories
    exit(reply?.text);
    // @ts-expect-error there is no such message
    await send('cart-remindr', { cart: cartOf });
    // @ts-expect-error the message wants a cart
    await send('cart-reminder', { order: cartOf });
    // @ts-expect-error the message wants an input
    await send('cart-reminder');
    // @ts-expect-error a number says nothing of its unit
    await sleep(4);
    // @ts-expect-error not a unit
    await sleep('4 huors');
    // @ts-expect-error idleness counts from an instant
    await idleFor('4 hours', { since: question('cart.status', { cart: cart.cycle }) });
    // @ts-expect-error there is no such question
    await ask(question('cart.colour', { cart: cart.cycle }));
    // @ts-expect-error the question wants a cart
    await ask(question('cart.status', { order: cart.cycle }));
    const sent = await send('cart-reminder', { cart: cartOf });
    // @ts-expect-error a story never sees a deferred message
    exit(sent.status === 'deferred' ? 'a' : 'b');
    // @ts-expect-error only a skipped message has a reason
    exit(sent.reason);
    // @ts-expect-error no variant of that name
    const tone: 'cold' = choose('tone', { warm: 50, brief: 50 });
    return exit(tone);
  },
);

// @ts-expect-error a story says how it ended
export const endless = defineJourney(definition, async (_cart, { sleep }) => {
  await sleep('1 day');
});

export const sleepless = defineJourney(
  { ...definition, wakesOn: undefined },
  async (_cart, { waitFor, exit }) => {
    // @ts-expect-error a journey that declares no wakesOn waits for nothing
    await waitFor('message.replied', '4 hours');
    return exit('done');
  },
);

export const unknownStart = defineJourney(
  // @ts-expect-error there is no such event
  { ...definition, startsOn: 'cart.changed' },
  async (_cart, { exit }): Promise<Exit> => exit('done'),
);

export const unknownEnd = defineJourney(
  // @ts-expect-error there is no such event
  { ...definition, endsOn: ['order.bought'] },
  async (_cart, { exit }): Promise<Exit> => exit('done'),
);

export const wrongKey = defineJourney(
  // @ts-expect-error an order has no such field
  { ...definition, startsOn: 'order.paid', key: (order) => order.orderId },
  async (_cart, { exit }): Promise<Exit> => exit('done'),
);

export const reopensAfterNoEnd = defineJourney(
  // @ts-expect-error it does not end on that
  { ...definition, reopensAfter: ['cart.superseded'] },
  async (_cart, { exit }): Promise<Exit> => exit('done'),
);

export const onADate = defineJourney(
  {
    ...definition,
    startsOn: { date: 'birthday', at: '09:00', daysBefore: 7 },
    key: (day) => `${day.date} ${day.year}`,
  },
  async (day, { exit }) => exit(`${day.year}`),
);
