import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explain, type Explanation } from '../../client/explain.ts';
import { showExplanation } from '../../cli/show/explanation.ts';
import { whereaboutsQuery, type JourneyDefinition, type Whereabouts } from '../../domain/journey.ts';
import type { World } from '../../simulation/world.ts';
import { timestamp } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
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

function explained(
  reference: string,
  journeys: readonly JourneyDefinition[] = listJourneys(journeyModules),
): Promise<Explanation> {
  return explain(
    {
      db: world.db,
      journeys,
      now: () => world.now(),
      whereabouts: (runId) => temporal.workflow.getHandle(runId).query<Whereabouts>(whereaboutsQuery),
    },
    reference,
  );
}

const birthday: JourneyDefinition = {
  name: 'birthday',
  version: 1,
  startsOn: { date: 'birthday', at: '09:00', daysBefore: 7 },
  key: () => 'one',
  endsOn: [],
  reentry: 'once-per-key',
};
const timedJourneys: readonly JourneyDefinition[] = [
  birthday,
  { ...birthday, name: 'win-back', startsOn: { daily: 'no-order-for', days: 60, at: '08:00' } },
];

/** A passage that is over. */
async function enter(journey: string, customer: string): Promise<void> {
  const at = timestamp(world.now());
  await world.db
    .insertInto('enrolments')
    .values({
      id: newId(),
      journey,
      version: 1,
      key: customer,
      entry: 1,
      customer_id: customer,
      opened_at: at,
      due_at: at,
      fact: '{}',
    })
    .execute();
  await world.db
    .updateTable('enrolments')
    .set({ state: 'closed', exit_reason: 'done', exited_at: at })
    .where('journey', '=', journey)
    .execute();
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
    const page = showExplanation(await explained('mina'));
    expect(page).toContain('next: waits for message.replied until 2026-03-03T09:00:00Z');
    expect(page).not.toContain('waiting');
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
    const tooOld = notEnrolled.find(({ because }) => because === 'too-old');
    expect(tooOld?.sentence).toBe('the event is older than the 24 hours that the journey takes');
  });

  test('names journeys that begin on a date or a daily question, and not those that were entered', async () => {
    await shop.greet('mina');
    const before = (await explained('mina', timedJourneys)).notEnrolled;
    expect(before.map(({ journey, because }) => `${journey}: ${because}`)).toEqual([
      'birthday: date-unknown',
      'win-back: not-yet',
    ]);
    expect(before[0]?.sentence).toBe('it begins 7 days before the date birthday, and none is known');
    expect(before[1]?.sentence).toContain('no-order-for 60 days');

    const { id } = (await explained('mina')).customer;
    await world.db
      .insertInto('customer_dates')
      .values({
        customer_id: id,
        name: 'birthday',
        on_date: '1990-07-08',
        occurred_at: timestamp(world.now()),
      })
      .execute();
    await enter('win-back', id);

    const after = (await explained('mina', timedJourneys)).notEnrolled;
    expect(after.map(({ journey, because }) => `${journey}: ${because}`)).toEqual(['birthday: not-yet']);
    expect(after[0]?.sentence).not.toContain('07-08');
  });

  test('names a journey once, by what its newest version starts on', async () => {
    await shop.greet('mina');
    const former = { ...birthday, startsOn: 'order.placed' as const };
    const { notEnrolled } = await explained('mina', [former, { ...birthday, version: 2 }]);
    expect(notEnrolled.map(({ journey, because }) => `${journey}: ${because}`)).toEqual([
      'birthday: date-unknown',
    ]);
  });

  test('finds a customer by address and number as well, and tells who is not known', async () => {
    await shop.greet('mina', { consents: ['email', 'sms'] });
    const [byId, byEmail, byPhone] = await Promise.all(
      ['mina', 'Mina@example.com', '+447700900123'].map((reference) => explained(reference)),
    );

    expect(byEmail?.customer.id).toBe(byId?.customer.id);
    expect(byPhone?.customer.id).toBe(byId?.customer.id);
    await expect(explained('nobody')).rejects.toMatchObject({ code: 'customer-unknown' });
  });

  test('does not choose among people who share a number, and answers by the id of each', async () => {
    await shop.greet('mina', { consents: ['sms'] });
    await shop.greet('jun', { consents: ['sms'] });

    const asked = explained('+447700900123');
    await expect(asked).rejects.toMatchObject({ code: 'customer-ambiguous' });
    await expect(asked).rejects.toThrow('jun, mina');
    expect((await explained('jun')).customer.id).not.toBe((await explained('mina')).customer.id);
  });

  test('takes a word for a customer id rather than for the anonymous id of somebody else', async () => {
    await shop.greet('mina');
    await world.track({ ...shop.cart('guest', 'g'), customerId: undefined, anonymousId: 'mina' });

    expect((await explained('mina')).customer.reachable).toHaveLength(1);
  });

  test('prints as a page on which no address stands', async () => {
    await shop.greet('mina', { consents: ['email', 'sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');

    const page = showExplanation(await explained('mina'));
    expect(page).toContain('cart-reminder#1  sent by email in en');
    expect(page).toMatch(/^Customer mina  [0-9a-f-]{36}$/m);
    expect(page).toContain('frequency-cap');
    expect(page).not.toContain('@example.com');
    expect(page).not.toContain('+4477');
  });
});
