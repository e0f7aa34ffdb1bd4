import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createActivities, type ActivityDeps } from '../../activities/create-activities.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { question } from '../../domain/questions.ts';

const request: SendRequest = {
  sendKey: 'e/cart-reminder#1',
  enrolment: 'e',
  step: 'cart-reminder#1',
  message: 'cart-reminder',
  input: {},
  dueAt: 5,
};

/** Quiet: the failures below are meant. */
const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

function activitiesWith(deps: Partial<ActivityDeps>) {
  return createActivities({
    deliver: async () => [],
    answer: async () => 0,
    recordExit: async () => undefined,
    ...deps,
  });
}

it('delivers what the run asks for, and takes no notice of what an older run said besides', async () => {
  const asked: unknown[] = [];
  const { deliver } = activitiesWith({
    async deliver(...all) {
      asked.push(...all);
      return [{ status: 'skipped', reason: 'paused' }];
    },
  });
  const outcome = [{ status: 'skipped', reason: 'paused' }];
  const older = { requests: [request], clockOffset: -1000 };
  expect(await environment().run(deliver, { requests: [request] })).toEqual(outcome);
  expect(await environment().run(deliver, older)).toEqual(outcome);
  expect(asked).toEqual([[request], [request]]);
});

it('answers as of the instant that the run passes, not as of this machine', async () => {
  const { answer } = activitiesWith({ answer: async (_question, { now }) => now });
  const asked = { question: question('cart.status', { cart: 'c' }), enrolment: 'e', now: 77 };
  expect(await environment().run(answer, asked)).toBe(77);
});

it('lets no word of a failure into the history but its kind', async () => {
  const failure = Object.assign(new Error('duplicate key (email)=(mina@example.com)'), { code: '23505' });
  const { recordExit } = activitiesWith({ recordExit: () => Promise.reject(failure) });
  const thrown = await environment()
    .run(recordExit, { enrolment: 'e', reason: 'r', at: 0 })
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ApplicationFailure);
  expect(thrown).toMatchObject({ message: 'recordExit failed: Error 23505', nonRetryable: false });
  expect(JSON.stringify(thrown)).not.toContain('mina');
  expect(thrown).not.toHaveProperty('cause.message');
  expect(thrown).toHaveProperty('stack', expect.stringMatching(/^recordExit failed: Error 23505\n +at /));
});

it('does not take a code for safe that could be a sentence', async () => {
  const failure = Object.assign(new Error('x'), { code: 'mina@example.com is unknown' });
  const { recordExit } = activitiesWith({ recordExit: () => Promise.reject(failure) });
  await expect(environment().run(recordExit, { enrolment: 'e', reason: 'r', at: 0 })).rejects.toThrow(
    /^recordExit failed: Error$/,
  );
});
