import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntake } from '../../intake/create-intake.ts';
import { openCommandShop, type CommandShop } from './run-perennial.ts';

let shop: CommandShop;
beforeAll(async () => {
  shop = await openCommandShop();
  await tell('old', Date.now() - 401 * 86_400_000);
  await tell('young', Date.now() - 399 * 86_400_000);
});
afterAll(() => shop.close());

/** As the shop told it then. */
async function tell(id: string, at: number): Promise<void> {
  const intake = createIntake({ db: shop.db, journeys: [], clock: { now: () => at } });
  await intake.accept([
    {
      id,
      type: 'customer.updated',
      occurredAt: new Date(at).toISOString(),
      customerId: id,
      data: { givenName: 'Mina' },
    },
  ]);
}

const withWords = async () =>
  (
    await shop.db.selectFrom('events').select('id').where('envelope', 'is not', null).orderBy('id').execute()
  ).map(({ id }) => id);

describe('perennial prune', () => {
  it('says with --dry-run what would go, and leaves it', async () => {
    const { exitCode, said } = await shop.run('prune', '--dry-run');
    expect(exitCode).toBe(0);
    expect(said).toMatch(/event-words +400 days +\d{4}-\d\d-\d\dT\S+ +1\n/);
    expect(said).toMatch(/gate-traces +1096 days +\S+ +0\n/);
    expect(await withWords()).toEqual(['old', 'young']);
  });

  it('removes what is older than the policy says, and nothing younger', async () => {
    const { exitCode, said } = await shop.run('prune', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(said)).toMatchObject({
      dryRun: false,
      kinds: expect.arrayContaining([
        expect.objectContaining({ what: 'event-words', keptFor: '400 days', removed: 1 }),
      ]),
    });
    expect(await withWords()).toEqual(['young']);
  });

  it('finds nothing the second time', async () => {
    const { said } = await shop.run('prune', '--json');
    expect(said).not.toMatch(/"removed": [1-9]/);
  });
});
