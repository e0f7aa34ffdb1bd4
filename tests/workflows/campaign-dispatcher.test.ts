import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDispatcherStage, type StagedDispatcher } from '../kit/dispatcher-stage.ts';

let stage: Awaited<ReturnType<typeof openDispatcherStage>>;
beforeAll(async () => {
  stage = await openDispatcherStage();
}, 120_000);
afterAll(() => stage.close());

const hour = 3_600_000;
const scheduledAt = Date.UTC(2026, 2, 2, 9);
const seconds = { timeout: 10_000 };

/** Comes back when it has asked for this so many times, and had a moment to go on. */
async function until({ asked }: StagedDispatcher, what: string, times: number): Promise<void> {
  await expect.poll(() => asked.filter((each) => each === what).length, seconds).toBe(times);
  await sleep(500);
}

describe('a dispatcher that is told of a change', () => {
  it('looks at once instead of waiting, and waits on when it is to', async () => {
    const wait = { do: 'wait', until: Date.now() + hour } as const;
    const dispatcher = await stage.start({ steps: [wait, wait] }, { scheduledAt });
    await until(dispatcher, 'plan', 1);
    await dispatcher.stir();
    await until(dispatcher, 'plan', 2);
    expect(dispatcher.asked).toEqual(['open', 'plan', 'plan']);
    await dispatcher.stir();
    await dispatcher.result();
    expect(dispatcher.asked).toEqual(['open', 'plan', 'plan', 'plan', 'close']);
  });

  it('does not finish its breath when some could not be dealt with, and does when nobody tells it', async () => {
    const steps = [{ do: 'send', all: false }] as const;
    const paused = () => ({ handled: 0, troubled: false });
    const [told, alone] = [
      await stage.start({ steps, sendChunk: paused }, { scheduledAt }),
      await stage.start({ steps, sendChunk: paused }, { scheduledAt }),
    ];
    await Promise.all([until(told, 'sendChunk', 4), until(alone, 'sendChunk', 4)]);
    const stirred = Date.now();
    await told.stir();
    await told.result();
    expect(Date.now() - stirred).toBeLessThan(15_000);
    expect(alone.asked.filter((each) => each === 'plan')).toHaveLength(1);
    await alone.terminate();
  });
});
