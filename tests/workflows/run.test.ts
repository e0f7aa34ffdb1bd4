import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toIso } from '../../domain/instant.ts';
import { openStage, type Stage, type StagedRun } from '../kit/stage.ts';

const entry = fileURLToPath(new URL('stories-index.ts', import.meta.url));
const cart = { cycle: 'a1b2' };
const hour = 3_600_000;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ entry });
}, 60_000);
afterAll(() => stage.close());

const dueInstants = (run: StagedRun) => run.sends.map(({ request }) => toIso(request.dueAt));
const reasons = (run: StagedRun) => run.exits.map((exit) => exit.reason);
const message = (delivery: string) => ({ delivery, enrolment: 'e', at: stage.beginning });

describe('time', () => {
  it('begins after the start delay, at the instant that was asked for', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '4 hours' });
    await run.advance('3 hours');
    expect(run.sends).toEqual([]);
    await run.advance('1 hour');
    expect(dueInstants(run)).toEqual(['2026-03-02T13:00:00Z']);
    expect(await run.result()).toBe('done');
    expect(run.exits).toEqual([{ enrolment: run.enrolment, reason: 'done', at: stage.beginning + 4 * hour }]);
  });

  it('reckons from the instant it was due, so nothing drifts by the time that work takes', async () => {
    const run = await stage.cast('clockwork@1', { fact: cart, startsAfter: '4 hours' });
    await run.advance('4 days');
    expect(dueInstants(run)).toEqual([
      '2026-03-02T13:00:00Z',
      '2026-03-03T09:00:00Z',
      '2026-03-04T12:00:00Z',
    ]);
    expect(await run.result()).toBe('12:00:00');
  });

  it('sees the true time when it was late, and keeps no deadline that has passed', async () => {
    const run = await stage.cast('clockwork@1', {
      fact: cart,
      startsAfter: '4 hours',
      // The provider is down for some minutes: the reckoning goes on from when it was heard.
      deliver: (request, now) => {
        if (request.step.endsWith('#1') && now < stage.beginning + 4 * hour + 600_000)
          throw new Error('down');
        return { status: 'sent', channel: 'email', delivery: 'd' };
      },
    });
    await run.advance('4 hours');
    await run.advance('1 day');
    const [first, second] = [run.sends[0], run.sends.at(-1)];
    expect(first?.request.dueAt).toBe(stage.beginning + 4 * hour);
    expect(second?.request.step).toBe('cart-reminder#2');
    expect(second?.request.dueAt).toBeGreaterThan(stage.beginning + 24 * hour + 600_000);
  });

  it('sleeps on as long as there was activity, and asks once per wake', async () => {
    const touched = stage.beginning + 3 * hour;
    const run = await stage.cast('idle@1', { fact: cart, startsAfter: '4 hours', answer: () => touched });
    await run.advance('6 hours');
    expect(run.questions).toHaveLength(1);
    expect(run.sends).toEqual([]);
    await run.advance('1 hour');
    expect(run.questions.map(({ now }) => toIso(now))).toEqual([
      '2026-03-02T13:00:00Z',
      '2026-03-02T16:00:00Z',
    ]);
    expect(dueInstants(run)).toEqual(['2026-03-02T16:00:00Z']);
  });

  it('does not set a timer when nothing has happened since', async () => {
    const run = await stage.cast('idle@1', {
      fact: cart,
      startsAfter: '4 hours',
      answer: () => stage.beginning,
    });
    await run.advance('4 hours');
    expect(dueInstants(run)).toEqual(['2026-03-02T13:00:00Z']);
    expect((await run.history()).events?.some((event) => event.timerStartedEventAttributes)).toBe(false);
  });
});

describe('what happens meanwhile', () => {
  it('wakes a story that waits for it, with the fact', async () => {
    const run = await stage.cast('reply@1', { fact: cart });
    await run.advance('2 hours');
    await run.tell('message.replied', message('d-1'));
    expect(await run.result()).toBe('replied to d-1');
  });

  it('is kept for a story that comes to wait for it later', async () => {
    const run = await stage.cast('reply@1', { fact: cart });
    await run.tell('message.replied', message('d-1'));
    expect(reasons(run)).toEqual([]);
    await run.advance('1 hour');
    expect(await run.result()).toBe('replied to d-1');
  });

  it('lets the story go on without it when the time is up', async () => {
    const run = await stage.cast('reply@1', { fact: cart });
    await run.advance('1 day');
    expect(await run.result()).toBe('silent');
    expect(run.exits[0]?.at).toBe(stage.beginning + 21 * hour);
  });

  it('counts once when it is told twice', async () => {
    const run = await stage.cast('gather@1', { fact: cart });
    await run.tell('message.clicked', message('d-1'), { outboxId: '7' });
    await run.tell('message.clicked', message('d-1'), { outboxId: '7' });
    await run.tell('message.clicked', message('d-2'), { outboxId: '8' });
    expect(reasons(run)).toEqual([]);
    await run.advance('5 days');
    expect(await run.result()).toBe('d-1 and d-2');
  });

  it('ends a gathering early when there is enough', async () => {
    const run = await stage.cast('gather@1', { fact: cart });
    for (const delivery of ['d-1', 'd-2', 'd-3']) await run.tell('message.clicked', message(delivery));
    expect(await run.result()).toBe('d-1 and d-2 and d-3');
  });

  it('ends a gathering with the one that is said to be the last, and not with others', async () => {
    const run = await stage.cast('gather-until@1', { fact: cart });
    const parcel = { order: 'o-1', customer: 'c-1', at: stage.beginning, lines: [] };
    await run.tell('order.delivered', { ...parcel, shipment: 's-1', deliveredAll: false });
    expect(reasons(run)).toEqual([]);
    await run.advance('3 days');
    await run.tell('order.delivered', { ...parcel, shipment: 's-2', deliveredAll: true });
    expect(await run.result()).toBe('s-1 and s-2');
  });

  it('ends a gathering without the last one when the time is up', async () => {
    const run = await stage.cast('gather-until@1', { fact: cart });
    const parcel = { order: 'o-1', customer: 'c-1', at: stage.beginning, lines: [] };
    await run.tell('order.delivered', { ...parcel, shipment: 's-1', deliveredAll: false });
    await run.advance('14 days');
    expect(await run.result()).toBe('s-1');
  });

  it('does not wake a story by an event it does not wait for', async () => {
    const run = await stage.cast('gather@1', { fact: cart });
    await run.tell('message.replied', message('d-1'));
    await run.advance('5 days');
    expect(await run.result()).toBe('nothing');
  });

  it('survives a restart of the worker in the middle of a wait', async () => {
    const run = await stage.cast('reply@1', { fact: cart });
    await run.tell('message.replied', message('d-9'));
    await stage.restartWorker();
    await run.advance('1 hour');
    expect(await run.result()).toBe('replied to d-9');
  });
});

describe('a start delay that is cut short', () => {
  it('is slept out by the run when nothing has ended', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '4 hours' });
    await run.advance('1 hour');
    await run.wake('message.replied', message('d-1'));
    expect(run.sends).toEqual([]);
    expect(await run.whereabouts()).toMatchObject({ doing: 'sleeping', until: stage.beginning + 4 * hour });
    await run.advance('3 hours');
    expect(dueInstants(run)).toEqual(['2026-03-02T13:00:00Z']);
  });

  it('does not keep a run alive that is ended while it sleeps it out', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '4 hours' });
    await run.wake('message.replied', message('d-1'));
    await run.advance('1 hour');
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toEqual([]);
  });
});

describe('sending', () => {
  it('names each step by its message and occurrence', async () => {
    const run = await stage.cast('send-twice@1', { fact: cart });
    await run.advance('1 day');
    expect(run.sends.map(({ request }) => request.sendKey)).toEqual([
      `${run.enrolment}/cart-reminder#1`,
      `${run.enrolment}/cart-reminder#2`,
    ]);
  });

  it('waits with a deferred message and tries again under the same send key', async () => {
    const run = await stage.cast('wait-send@1', {
      fact: cart,
      startsAfter: '4 hours',
      deliver: (_request, now) =>
        now < stage.beginning + 20 * hour
          ? { status: 'deferred', until: stage.beginning + 20 * hour, reason: 'quiet-hours' }
          : { status: 'sent', channel: 'sms', delivery: 'd' },
    });
    await run.advance('5 hours');
    expect(await run.whereabouts()).toEqual({
      doing: 'sending',
      subject: 'cart-reminder',
      until: stage.beginning + 20 * hour,
    });
    await run.advance('1 day');
    expect(new Set(run.sends.map(({ request }) => request.sendKey)).size).toBe(1);
    expect(run.sends).toHaveLength(2);
    expect(run.sends[1]?.request.dueAt).toBe(stage.beginning + 4 * hour);
    expect(await run.result()).toBe('done');
  });

  it('does not spin when it is told to wait until an instant that has passed', async () => {
    let tries = 0;
    const run = await stage.cast('wait-send@1', {
      fact: cart,
      startsAfter: '4 hours',
      deliver: (_request, now) => {
        tries += 1;
        return tries < 3
          ? { status: 'deferred', until: now - 1, reason: 'frequency-cap' }
          : { status: 'skipped', reason: 'frequency-cap' };
      },
    });
    await run.advance('5 hours');
    expect(await run.result()).toBe('done');
    const [first, second] = run.sends;
    expect((second?.now ?? 0) - (first?.now ?? 0)).toBeGreaterThanOrEqual(900);
  });

  it('tries a failing delivery again, and says nothing of it but its kind', async () => {
    let tries = 0;
    const run = await stage.cast('wait-send@1', {
      fact: cart,
      startsAfter: '4 hours',
      deliver: () => {
        tries += 1;
        if (tries < 4) throw new Error('550 no such user mina@example.com');
        return { status: 'sent', channel: 'email', delivery: 'd' };
      },
    });
    await run.advance('5 hours');
    expect(await run.result()).toBe('done');
    expect(tries).toBe(4);
    expect(JSON.stringify(await run.history())).not.toContain('mina');
  });

  it('sends two messages at once when the story says so', async () => {
    const run = await stage.cast('together@1', { fact: cart });
    expect(await run.result()).toBe('sent sent');
  });
});

describe('the end', () => {
  it('comes during the start delay without anything being sent', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '4 hours' });
    await run.advance('1 hour');
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toEqual([]);
    expect(reasons(run)).toEqual(['order.placed']);
  });

  it('comes in the middle of a wait', async () => {
    const run = await stage.cast('send-twice@1', { fact: cart });
    await run.advance('3 hours');
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toHaveLength(1);
    expect(run.exits).toEqual([
      { enrolment: run.enrolment, reason: 'order.placed', at: stage.beginning + 3 * hour },
    ]);
  });

  it('comes while a delivery is backing off, at once', async () => {
    const run = await stage.cast('wait-send@1', {
      fact: cart,
      startsAfter: '4 hours',
      deliver: () => {
        throw new Error('down');
      },
    });
    await run.advance('4 hours');
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toHaveLength(1);
    expect(run.exits[0]?.at).toBe(stage.beginning + 4 * hour);
  });

  it('comes while a delivery is in flight, and hears it out', async () => {
    const happened: string[] = [];
    const run = await stage.cast('send-twice@1', {
      fact: cart,
      whileBusy: true,
      deliver: async () => {
        happened.push('called');
        await pause(600);
        happened.push('accepted');
        return { status: 'sent', channel: 'email', delivery: 'd' };
      },
      recordExit: () => happened.push('recorded'),
    });
    while (happened.length === 0) await pause(10);
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(happened).toEqual(['called', 'accepted', 'recorded']);
  });

  it('comes while a deferred message waits', async () => {
    const run = await stage.cast('send-twice@1', {
      fact: cart,
      deliver: (_request, now) => ({ status: 'deferred', until: now + hour, reason: 'quiet-hours' }),
    });
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toHaveLength(1);
  });

  it('cannot be swallowed by a story, nor sent around in a finally', async () => {
    const run = await stage.cast('stubborn@1', { fact: cart });
    await run.advance('30 hours');
    expect(run.sends).toHaveLength(1);
    await run.end('order.placed');
    expect(await run.result()).toBe('order.placed');
    expect(run.sends).toHaveLength(1);
  });

  it('comes by exit, also when the story forgets to return it', async () => {
    const run = await stage.cast('forgetful@1', { fact: cart });
    expect(await run.result()).toBe('forgot to return');
    expect(run.sends).toEqual([]);
  });

  it('comes when delivery has seen the seal before the run was told', async () => {
    const run = await stage.cast('stubborn@1', {
      fact: cart,
      deliver: () => ({ status: 'skipped', reason: 'journey-ended' }),
    });
    await run.advance('3 days');
    expect(await run.result()).toBe('journey-ended');
    expect(run.sends).toHaveLength(1);
  });

  it('comes by an operator who cancels the run, and is recorded', async () => {
    const run = await stage.cast('send-twice@1', { fact: cart });
    await run.cancel();
    expect(await run.result()).toBe('cancelled');
    expect(reasons(run)).toEqual(['cancelled']);
  });

  it('has one reason, the first', async () => {
    const run = await stage.cast('send-twice@1', { fact: cart });
    await run.end('order.placed');
    expect(reasons(run)).toEqual(['order.placed']);
  });

  it('is recorded even when the database is away for a while', async () => {
    let tries = 0;
    const run = await stage.cast('wait-send@1', {
      fact: cart,
      startsAfter: '4 hours',
      recordExit: () => {
        tries += 1;
        if (tries < 4) throw new Error('away');
      },
    });
    await run.advance('5 hours');
    expect(await run.result()).toBe('done');
    expect(reasons(run)).toEqual(['done']);
  });

  it('does not come early: what only wakes leaves a start delay as it is', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '4 hours' });
    await run.tell('message.replied', message('d-1'));
    expect(run.sends).toEqual([]);
    await run.advance('4 hours');
    expect(dueInstants(run)).toEqual(['2026-03-02T13:00:00Z']);
  });
});

describe('choosing', () => {
  it('gives one customer the same variant every time', async () => {
    const first = await stage.cast('variants@1', { fact: cart, customer: 'c-1' });
    const second = await stage.cast('variants@1', { fact: cart, customer: 'c-1' });
    expect(await first.result()).toBe(await second.result());
  });
});

describe('the price of a run, in real time', () => {
  it('is at most 8 state transitions for wait-send', async () => {
    const run = await stage.cast('wait-send@1', { fact: cart, startsAfter: '1 second' });
    await run.result();
    expect(await run.transitions()).toBeLessThanOrEqual(8);
  });

  it('is at most 12 for send-wait-send with a question and a recorded exit', async () => {
    const run = await stage.cast('send-wait-send@1', { fact: cart });
    await run.result();
    expect([run.sends.length, run.questions.length, run.exits.length]).toEqual([2, 1, 1]);
    expect(await run.transitions()).toBeLessThanOrEqual(12);
  });
});
