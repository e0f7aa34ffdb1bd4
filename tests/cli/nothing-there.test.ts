import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCommandShop, type CommandShop } from './run-perennial.ts';

let shop: CommandShop;
beforeAll(async () => {
  shop = await openCommandShop();
});
afterAll(() => shop.close());

describe('a command that finds nothing', () => {
  it.each([
    ['keys list', 'npx perennial keys create'],
    ['runs', 'Nobody is in a journey yet'],
    ['runs --journey abandoned-cart', 'There are no such runs.'],
    ['runs --state closed', 'There are no such runs.'],
    ['whatsapp list', 'No message has words for WhatsApp'],
  ])('says so: %s', async (line, words) => {
    const { said, noted, exitCode } = await shop.run(...line.split(' '));
    expect({ noted, exitCode }).toEqual({ noted: '', exitCode: 0 });
    expect(said).toContain(words);
  });

  it.each(['keys list', 'runs', 'whatsapp list'])('prints an empty list as JSON: %s', async (line) => {
    expect(JSON.parse((await shop.run(...line.split(' '), '--json')).said)).toEqual([]);
  });

  it('does not take a misspelt journey for one that nobody enters', async () => {
    const { said, exitCode } = await shop.run('runs', '--journey', 'abandonedcart', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(said).error).toMatchObject({ code: 'journey-unknown' });
  });
});

it('the program tells its version', async () => {
  const { said, exitCode } = await shop.run('--version');
  expect(exitCode).toBe(0);
  expect(said).toMatch(/^\d+\.\d+\.\d+\n$/);
});
