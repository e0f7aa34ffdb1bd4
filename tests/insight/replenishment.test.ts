import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianOf } from '../../insight/median.ts';
import type { Pantry, PantryGood } from '../../insight/pantry.ts';
import { dueAt, dueTogether, outlookOf } from '../../insight/replenishment.ts';
import { supplyOf } from '../../insight/supply.ts';

const day = 86_400_000;
const start = Date.UTC(2027, 2, 1, 9);
const daysLater = (days: number) => start + days * day;

describe('how long a supply lasts', () => {
  const rhythm = { days: 40, buyers: 30 };
  const purchases = [0, 20, 50].map(daysLater);

  it('is what the shop states, before anything else', () => {
    expect(supplyOf({ statedDays: 30, purchases, rhythm })).toEqual({ days: 30, from: 'stated' });
  });

  it('is else the customer’s own rhythm, from the third purchase', () => {
    expect(supplyOf({ purchases, rhythm })).toEqual({ days: 25, from: 'own-rhythm' });
    expect(supplyOf({ purchases: purchases.slice(1), rhythm })).toEqual({
      days: 40,
      from: 'rhythm-of-others',
    });
  });

  it('takes two orders within a day for one purchase', () => {
    expect(supplyOf({ purchases: [start, start + 3_600_000, daysLater(20)], rhythm })).toEqual({
      days: 40,
      from: 'rhythm-of-others',
    });
  });

  it('is else the rhythm of thirty others, not of twenty-nine', () => {
    expect(supplyOf({ purchases: [], rhythm: { days: 40, buyers: 29 } })).toEqual({
      unknown: 'too-few-purchases',
    });
    expect(supplyOf({ purchases: [] })).toEqual({ unknown: 'too-few-purchases' });
  });

  it('is nothing that we remind of when it is longer than a year', () => {
    expect(supplyOf({ statedDays: 365, purchases: [] })).toEqual({ days: 365, from: 'stated' });
    expect(supplyOf({ statedDays: 366, purchases: [] })).toEqual({ unknown: 'lasts-too-long' });
  });
});

describe('a median', () => {
  it('lies in the middle, whatever the order', () => {
    expect(medianOf([])).toBeUndefined();
    expect(medianOf([9, 1, 5])).toBe(5);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  });
});

function good(variant: string, changes: Partial<PantryGood> = {}): PantryGood {
  return {
    order: 'a',
    orderedAt: start,
    variant,
    family: variant,
    gift: false,
    discreet: false,
    unitDays: 30,
    kept: 1,
    arrived: 1,
    arrivedAt: start,
    ...changes,
  };
}

function pantry(goods: readonly PantryGood[], told: Pantry['told'] = []): Pantry {
  return { goods, rhythms: new Map(), told };
}

const reminder = 'replenishment-reminder';

describe('what an order has yet to remind of', () => {
  it('adds up what is stated of all units of a family', () => {
    const goods = [good('s', { family: 'tea', arrived: 2 }), good('h', { family: 'tea', unitDays: 10 })];
    expect(outlookOf(pantry(goods), 'a', 0)).toEqual({ next: { message: reminder, at: daysLater(64) } });
  });

  it('begins when the last of it has arrived', () => {
    const goods = [good('s'), good('s', { arrivedAt: daysLater(4) })];
    expect(outlookOf(pantry(goods), 'a', 0)).toEqual({ next: { message: reminder, at: daysLater(58) } });
  });

  it.each([
    ['gift', good('s', { gift: true })],
    ['discreet', good('s', { discreet: true })],
    ['returned', good('s', { kept: 0, arrived: 0 })],
    ['lasts-too-long', good('s', { unitDays: 400 })],
  ])('is nothing, for the reason %s', (over, one) => {
    expect(outlookOf(pantry([one]), 'a', 0)).toEqual({ over });
  });

  it('is nothing when the order is not there any more', () => {
    expect(outlookOf(pantry([]), 'a', 0)).toEqual({ over: 'order-gone' });
  });

  it('is nothing for what was bought again later, and something for what was bought before', () => {
    const before = good('s', { order: 'b', orderedAt: daysLater(-40), arrivedAt: daysLater(-38) });
    expect(outlookOf(pantry([before, good('s')]), 'b', 0)).toEqual({ over: 'bought-again' });
    expect(outlookOf(pantry([before, good('s')]), 'a', 0)).toMatchObject({ next: { message: reminder } });
  });
});

describe('what shares a message', () => {
  const at = daysLater(24);
  const due = (goods: readonly PantryGood[], told: Pantry['told'] = []) => {
    const outcome = dueTogether(pantry(goods, told), { order: 'a', message: reminder, now: at });
    return 'due' in outcome ? outcome.due.map(({ family }) => family) : outcome.silent;
  };

  it('is what is due within five days, of whichever order', () => {
    const five = good('five', { order: 'b', unitDays: 35 });
    const six = good('six', { order: 'b', unitDays: 36 });
    expect(due([good('s'), five, six])).toEqual(['s', 'five']);
  });

  it('is nothing that was told of already', () => {
    const told = [{ message: reminder, at: daysLater(21) } as const];
    expect(due([good('s')], told)).toBe('told-already');
    expect(due([good('s')], [{ message: 'replenishment-last', at: daysLater(21) }])).toEqual(['s']);
  });

  it('counts only what was told when the goods were there', () => {
    expect(
      due([good('s', { arrivedAt: daysLater(2), unitDays: 28 })], [{ message: reminder, at: daysLater(1) }]),
    ).toEqual(['s']);
  });

  it('is silent when nothing of its own order is left, although something else is due', () => {
    const bought = good('s', { order: 'c', orderedAt: daysLater(1), arrived: 0 });
    expect(due([good('s'), bought, good('five', { order: 'b', unitDays: 35 })])).toBe('bought-again');
  });

  it('never reminds before half of a supply is used, nor twice of one supply', () => {
    const supplies = fc.array(
      fc.record({ order: fc.constantFrom('a', 'b', 'c'), unitDays: fc.integer({ min: 1, max: 90 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(supplies, (bought) => {
        const goods = bought.map((one, place) => good(`v${place}`, { ...one }));
        const told: { message: typeof reminder; at: number }[] = [];
        const named: string[] = [];
        const turns = goods
          .flatMap(({ order }) => ['a', 'b', 'c'].filter((each) => each === order))
          .flatMap((order) => runOf(goods, order))
          .sort((one, other) => one.at - other.at);
        for (const { order, at: now } of turns) {
          const outcome = dueTogether(pantry(goods, told), { order, message: reminder, now });
          if (!('due' in outcome)) continue;
          named.push(...outcome.due.map(({ family }) => family));
          told.push({ message: reminder, at: now });
          for (const supply of outcome.due)
            expect(dueAt(supply, reminder)).toBeGreaterThanOrEqual(start + (supply.endsAt - start) / 2);
        }
        expect([...named].sort()).toEqual([...new Set(goods.map(({ family }) => family))].sort());
      }),
    );
  });

  /** When the run of an order would send reminders if nobody told of anything. */
  function runOf(goods: readonly PantryGood[], order: string) {
    const instants = new Set(
      goods
        .filter((one) => one.order === order)
        .map(({ unitDays = 0 }) => start + Math.max(unitDays - 6, unitDays / 2) * day),
    );
    return [...instants].map((instant) => ({ order, at: instant }));
  }
});
