import { describe, expect, it } from 'vitest';
import { EventsRefused } from '../../intake/event-problem.ts';
import { parseEvents, parseEventsByTurns } from '../../intake/parse-event.ts';

const price = (stock: number) => ({
  id: `stock-${stock}`,
  type: 'product.updated',
  occurredAt: '2026-03-02T09:00:00.000Z',
  data: { variant: 'sku-1', stock },
});
const many = Array.from({ length: 1000 }, (_, stock) => price(stock));

/** How often somebody else gets a turn meanwhile. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work.finally(() => (isOver = true));
  return turns;
}

async function problemsOf(raw: readonly unknown[]): Promise<unknown> {
  const refused = await parseEventsByTurns(raw).catch((error: unknown) => error);
  return refused instanceof EventsRefused ? { code: refused.code, problems: refused.problems } : refused;
}

describe('reading many events', () => {
  it('lets others go on again and again', async () => {
    expect(await turnsDuring(parseEventsByTurns(many))).toBeGreaterThan(15);
  });

  it('makes a single event wait for nobody', async () => {
    expect(await turnsDuring(parseEventsByTurns([price(1)]))).toBe(0);
  });

  it('reads them as in one go', async () => {
    expect(await parseEventsByTurns(many)).toEqual(parseEvents(many));
  });

  it('names the place of a bad one in the whole call, and takes none', async () => {
    const bad = { ...price(730), type: 'product.updatd' };
    const told = many.map((event, place) => (place === 730 ? bad : event));
    expect(await problemsOf(told)).toMatchObject({
      code: 'event-unknown-type',
      problems: [{ index: 730, value: '"product.updatd"' }],
    });
  });

  it('refuses more than a thousand before reading any', async () => {
    expect(await problemsOf([...many, { id: 'no event at all' }])).toMatchObject({ code: 'too-many-events' });
  });
});
