import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explain, type Explanation } from '../../client/explain.ts';
import { showExplanation } from '../../cli/show/explanation.ts';
import { whereaboutsQuery, type Whereabouts } from '../../domain/journey.ts';
import type { World } from '../../simulation/world.ts';
import * as journeyModules from '../../workflows/index.ts';
import { listJourneys } from '../../workflows/list-journeys.ts';
import { createShop, type Shop } from '../kit/shop.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();
const monday = '2026-03-02T09:00:00Z';

let world: World;
let shop: Shop;
let temporal: Client;
let closeTemporal: () => Promise<void>;

beforeAll(async () => {
  const server = await temporalServer();
  const connection = await Connection.connect({ address: server.address });
  temporal = new Client({ connection, namespace: server.namespace });
  closeTemporal = async () => {
    await connection.close();
    await server.stop();
  };
});

afterAll(async () => closeTemporal());

beforeEach(async () => {
  world = await openWorld(monday);
  shop = createShop(world);
  await shop.open();
});

function explained(reference: string): Promise<Explanation> {
  return explain(
    {
      db: world.db,
      journeys: listJourneys(journeyModules),
      now: () => world.now(),
      whereabouts: (runId) => temporal.workflow.getHandle(runId).query<Whereabouts>(whereaboutsQuery),
    },
    reference,
  );
}

describe('an explanation', () => {
  test('shows for a message that was sent each gate with what it saw, and the ledger', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');

    const [enrolment] = (await explained('mina')).enrolments;
    const [delivery] = enrolment?.deliveries ?? [];

    expect(enrolment).toMatchObject({ journey: 'abandoned-cart', version: 1, entry: 1, state: 'open' });
    expect(delivery).toMatchObject({
      step: 'cart-reminder#1',
      state: 'accepted',
      channel: 'email',
      locale: 'en',
    });
    expect(delivery?.sendingAt).toBe(Date.parse('2026-03-02T13:00:00Z'));
    expect(delivery?.settledAt).toBeGreaterThanOrEqual(delivery?.sendingAt ?? Infinity);
    const gates = new Map(delivery?.gates.map((gate) => [gate.gate, gate]));
    expect([...gates.keys()]).toEqual(
      expect.arrayContaining([
        'run-live',
        'useful',
        'reachable',
        'consent',
        'suppression',
        'quiet-hours',
        'frequency-cap',
        'paused',
      ]),
    );
    expect(
      [...gates.values()].every((gate) => gate.verdict === 'pass' && Object.keys(gate.saw).length > 0),
    ).toBe(true);
  });

  test('shows for a message that was not sent the one reason and the gate that gave it', async () => {
    await shop.greet('mina');
    await world.track([shop.cart('mina', 'a'), shop.consent('mina', 'email', 'withdrawn')]);
    await world.advance('5 hours');

    const [enrolment] = (await explained('mina')).enrolments;
    const [delivery] = enrolment?.deliveries ?? [];

    expect(delivery).toMatchObject({ state: 'skipped', reason: 'no-consent' });
    expect(delivery?.gates.find((gate) => gate.verdict === 'skip' && gate.channel === 'email')).toMatchObject(
      { gate: 'consent' },
    );
    expect(enrolment?.exitReason).toBe('no-consent');
  });

  test('shows the next step of a live run and when it comes: before its start, and between two messages', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    const before = (await explained('mina')).enrolments[0]?.next;
    await world.advance('5 hours');
    const between = (await explained('mina')).enrolments[0]?.next;

    expect(before).toEqual({ doing: 'starting', until: Date.parse('2026-03-02T13:00:00Z') });
    expect(between).toMatchObject({
      doing: 'waiting',
      subject: 'message.replied',
      until: Date.parse('2026-03-03T09:00:00Z'),
    });
  });

  test('says of a run that has ended why, and does not promise a next step', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 hour');
    await world.track(shop.order('mina'));

    const [enrolment] = (await explained('mina')).enrolments;
    expect(enrolment).toMatchObject({
      exitReason: 'order.placed',
      sealReason: 'order.placed',
      deliveries: [],
    });
    expect(enrolment?.next).toBeUndefined();
  });

  test('says why somebody was never enrolled: an event that began nothing, and events that never came', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a', []));
    await world.track({ ...shop.cart('mina', 'b'), occurredAt: '2026-02-20T09:00:00Z' });

    const { enrolments, notEnrolled } = await explained('mina');
    expect(enrolments).toEqual([]);
    const reasons = notEnrolled.map(({ journey, because }) => `${journey}: ${because}`);
    expect(reasons).toContain('abandoned-cart: unless');
    expect(reasons).toContain('abandoned-cart: too-old');
    expect(reasons).toContain('abandoned-checkout: never-happened');
  });

  test('finds a customer by address and number as well, and tells who is not known', async () => {
    await shop.greet('mina', { consents: ['email', 'sms'] });
    const [byId, byEmail, byPhone] = await Promise.all(
      ['mina', 'Mina@example.com', '+447700900123'].map(explained),
    );

    expect(byEmail?.customer.id).toBe(byId?.customer.id);
    expect(byPhone?.customer.id).toBe(byId?.customer.id);
    await expect(explained('nobody')).rejects.toMatchObject({ code: 'customer-unknown' });
  });

  test('prints as a page on which no address stands', async () => {
    await shop.greet('mina', { consents: ['email', 'sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');

    const page = showExplanation(await explained('mina'));
    expect(page).toContain('cart-reminder#1  sent by email in en');
    expect(page).toContain('frequency-cap');
    expect(page).not.toContain('@example.com');
    expect(page).not.toContain('+4477');
  });
});
