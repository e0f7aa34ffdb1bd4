import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/create-activities.ts';
import type { RunInput } from '../../domain/journey.ts';
import { defineJourney, question } from '../../workflows/journey.ts';

const definition = {
  version: 1,
  startsOn: 'cart.updated',
  key: (cart: { readonly cycle: string }) => cart.cycle,
  endsOn: ['order.placed'],
  reentry: 'once-per-key',
} as const;

/** Three messages in thirty days. */
export const thirtyDays = defineJourney(
  { ...definition, name: 'thirty-days' },
  async (cart, { send, sleep, exit }) => {
    await sleep('1 day');
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('14 days');
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('15 days');
    await send('cart-reminder-last', { cart: cart.cycle });
    return exit('done');
  },
);

/** Says that it runs, by asking something, and is over. */
export const startAtOnce = defineJourney(
  { ...definition, name: 'start-at-once' },
  async (cart, { ask, exit }) => {
    await ask(question('cart.last-activity', { cart: cart.cycle }));
    return exit('done');
  },
);

const { answer } = proxyLocalActivities<Activities>({ startToCloseTimeout: 2000 });

/** The same in bare Temporal. */
export async function bareStart(input: RunInput): Promise<string> {
  await answer({
    question: { name: 'cart.last-activity', input: { cart: input.enrolment } },
    enrolment: input.enrolment,
    now: 0,
  });
  return 'done';
}
