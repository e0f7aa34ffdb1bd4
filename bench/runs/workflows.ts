import { ActivityCancellationType, proxyActivities, sleep } from '@temporalio/workflow';
import type { Activities } from '../../activities/create-activities.ts';
import type { RunInput } from '../../domain/journey.ts';
import { defineJourney, question } from '../../workflows/journey.ts';

/** Journeys, and the same in bare Temporal: what a run costs, and what the verbs add to it. */

const definition = {
  version: 1,
  startsOn: 'cart.updated',
  key: (cart: { readonly cycle: string }) => cart.cycle,
  endsOn: ['order.placed'],
  reentry: 'once-per-key',
} as const;

export const waitSend = defineJourney(
  { ...definition, name: 'wait-send', startsAfter: '1 second' },
  async (cart, { send, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

export const sendWaitSend = defineJourney(
  { ...definition, name: 'send-wait-send' },
  async (cart, { send, sleep, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('2 seconds');
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

export const sendWaitAskSend = defineJourney(
  { ...definition, name: 'send-wait-ask-send' },
  async (cart, { send, sleep, ask, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    await sleep('2 seconds');
    await ask(question('cart.last-activity', { cart: cart.cycle }));
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

const { deliver } = proxyActivities<Activities>({
  startToCloseTimeout: 30_000,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const request = (input: RunInput, step: string) => ({
  requests: [
    {
      sendKey: `${input.enrolment}/${step}`,
      enrolment: input.enrolment,
      step,
      message: 'cart-reminder',
      input: {},
      dueAt: input.dueAt,
    },
  ],
  clockOffset: 0,
});

export async function bareWaitSend(input: RunInput): Promise<string> {
  await deliver(request(input, 'cart-reminder#1'));
  return 'done';
}

export async function bareSendWaitSend(input: RunInput): Promise<string> {
  await deliver(request(input, 'cart-reminder#1'));
  await sleep(2000);
  await deliver(request(input, 'cart-reminder#2'));
  return 'done';
}
