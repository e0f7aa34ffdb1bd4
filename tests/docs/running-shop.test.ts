import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { commandLines, readCodeBlocks } from './code-blocks.ts';
import { startRunningShop, type RunningShop } from './running-shop.ts';

/** Commands that ask or change the running shop; what starts and stops one is tested where it lives. */
const aboutTheShop =
  /^(curl|npx perennial (track|import|keys|explain|runs|deliveries|status|pause|resume|suppress|migrate|prune))\b/;

let shop: RunningShop;
beforeAll(async () => {
  shop = await startRunningShop();
});
afterAll(() => shop.close());

describe('a reader whose shop is running', () => {
  const lines = readCodeBlocks()
    .filter(({ language }) => language === 'sh')
    .flatMap((block) => commandLines(block).map((line) => ({ place: block.place, line })))
    .filter(({ line }) => aboutTheShop.test(line))
    // The README makes the customer whom the guides speak of.
    .sort((a, b) => Number(b.place.startsWith('README')) - Number(a.place.startsWith('README')));

  it.each(lines)('can run, from $place: $line', async ({ line }) => {
    await expect(shop.run(line)).resolves.toEqual(expect.any(String));
  });

  it('can track from TypeScript', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import('../../examples/track-from-typescript.ts');
    expect(said).toHaveBeenCalledWith('The order is accepted.');
    said.mockRestore();
  });

  it('sees what the commands have done', async () => {
    const explained = await shop.run('npx perennial explain c-1001');
    expect(explained).toContain('abandoned-cart');
    expect(await shop.run('npx perennial explain c-2001')).toContain('ko-KR');
  });
});

describe('the answers that "Connect a shop" lists', () => {
  const example = {
    id: 'answers-1',
    type: 'cart.emptied',
    occurredAt: '2026-03-02T09:00:00Z',
    customerId: 'c-3001',
    data: { cartId: 'cart-9' },
  };

  it.each([
    [202, 'accepted', example, {}],
    [202, 'duplicate', example, {}],
    [400, 'data.cartId', { ...example, id: 'answers-2', data: {} }, {}],
    [409, 'event-conflict', { ...example, data: { cartId: 'cart-10' } }, {}],
    [401, 'api-key-invalid', example, { authorization: 'Bearer prn_wrong' }],
    [413, 'too-many-events', Array.from({ length: 1001 }, (_, id) => ({ ...example, id: `many-${id}` })), {}],
  ])('%i comes with "%s"', async (status, words, body, headers) => {
    const response = await fetch(`${shop.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(words);
  });

  it('are all of those that it lists', async () => {
    const guide = await readFile(new URL('../../docs/guides/connect-a-shop.md', import.meta.url), 'utf8');
    expect([...guide.matchAll(/^\| (\d{3}) \|/gm)].map(([, status]) => Number(status))).toEqual([
      202, 400, 401, 409, 413,
    ]);
  });
});
