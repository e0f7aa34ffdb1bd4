import { testMessages } from './delivery-shop.ts';

/**
 * The test messages, with something that happens while a reminder is being written: after the first look at the gates,
 * before the point of no return.
 */
export function createMeanwhile() {
  const nothing = async (): Promise<unknown> => undefined;
  const meanwhile = {
    happens: nothing,
    reset() {
      meanwhile.happens = nothing;
    },
  };
  const reminder: typeof testMessages.reminder = {
    ...testMessages.reminder,
    async load(input, context) {
      await meanwhile.happens();
      return testMessages.reminder.load(input, context);
    },
  };
  return { meanwhile, messages: { ...testMessages, reminder } };
}
