import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { errorWithoutValues } from '../../config/log.ts';
import { runIdOf } from '../../domain/journey.ts';
import type { World } from '../../simulation/world.ts';
import { createShop } from '../kit/shop.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();

/** Nobody is called that, so wherever it turns up, it came from here. */
const canaries = ['kanarienvogel', 'Zilpzalp', '447700900777', 'zaunkoenig-4711'];

interface Evidence {
  readonly runs: readonly string[];
  readonly ledger: string;
  readonly firstLetter: { readonly to: string; readonly subject?: string | undefined } | undefined;
}

describe('personal data', () => {
  let evidence: Evidence;

  beforeAll(async () => {
    let requests = 0;
    const world = await openWorld('2026-03-02T09:00:00Z', {
      // A provider that quotes the address when it is busy, once.
      mishap: () =>
        requests++ === 0
          ? { kind: 'throttled', retryAfterMs: 60_000, code: 'busy-for-kanarienvogel@example.com' }
          : undefined,
    });
    await live(world);
    evidence = {
      runs: await tracesOfRuns(world),
      ledger: JSON.stringify(
        await world.db.selectFrom('deliveries').select(['trace', 'deferrals', 'step', 'send_key']).execute(),
      ),
      firstLetter: world.outbox()[0],
    };
  });

  test('does not get into the ids, the attributes or the histories of runs', () => {
    expect(evidence.runs).toHaveLength(2);
    for (const traces of evidence.runs)
      expect(canaries.filter((canary) => traces.includes(canary))).toEqual([]);
  });

  test('does get to the customer, so the test looks for the right words', () => {
    expect(evidence.firstLetter?.to).toBe('kanarienvogel@example.com');
    expect(evidence.firstLetter?.subject).toContain('Zilpzalp');
  });

  test('does not get into gate traces and send keys', () => {
    expect(evidence.ledger).toContain('cart-reminder#1');
    expect(canaries.filter((canary) => evidence.ledger.includes(canary))).toEqual([]);
  });

  test('does not get into the log through an error that quotes it', () => {
    const error = Object.assign(new Error('duplicate key: kanarienvogel@example.com'), { code: '23505' });
    const line = JSON.stringify(errorWithoutValues(error));
    expect(line).toContain('23505');
    expect(line).not.toContain('kanarienvogel');
  });
});

async function live(world: World): Promise<void> {
  const shop = createShop(world);
  const customer = 'zaunkoenig-4711@example.com';
  await shop.open();
  await shop.greet(customer, {
    consents: ['email', 'sms'],
    email: 'kanarienvogel@example.com',
    phone: '+447700900777',
    givenName: 'Zilpzalp',
    familyName: 'Zilpzalp',
  });
  await world.track(shop.cart(customer, 'cart-of-zaunkoenig-4711'));
  await world.advance('2 days');
  await world.track(shop.checkout(customer, 'cart-of-zaunkoenig-4711'));
  await world.advance('5 days');
}

/** Everything that Temporal keeps of each run, as text. */
async function tracesOfRuns(world: World): Promise<string[]> {
  const server = await temporalServer();
  const connection = await Connection.connect({ address: server.address });
  const temporal = new Client({ connection, namespace: server.namespace });
  try {
    const enrolments = await world.db.selectFrom('enrolments').select(['id', 'journey']).execute();
    return await Promise.all(
      enrolments.map(async (enrolment) => {
        const handle = temporal.workflow.getHandle(runIdOf(enrolment));
        const { workflowId, searchAttributes, memo } = await handle.describe();
        return (
          JSON.stringify([workflowId, searchAttributes, memo]) +
          decoded(historyToJSON(await handle.fetchHistory()))
        );
      }),
    );
  } finally {
    await connection.close();
    await server.stop();
  }
}

/** Payloads are base64 in JSON: they are read as text, or the search would see nothing. */
function decoded(history: string): string {
  const payloads = [...history.matchAll(/"data":\s*"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  );
  expect(payloads.length).toBeGreaterThan(0);
  return history + payloads.join('\n');
}
