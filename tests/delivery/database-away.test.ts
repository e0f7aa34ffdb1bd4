import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { accepted, ambiguous } from '../../delivery/channels/channel.ts';
import { listeningChannel, openDeliveryShop, requestOf, type DeliveryShop } from './delivery-shop.ts';

let shop: DeliveryShop;
beforeAll(async () => {
  shop = await openDeliveryShop();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.email.heard.length = 0;
});
afterEach(takeAnswers);

/** From here on the database refuses to keep any answer of a provider. */
async function refuseAnswers(): Promise<void> {
  await sql`alter table delivery_attempts add constraint no_answers check (state = 'sending') not valid`.execute(
    shop.db,
  );
}

async function takeAnswers(): Promise<void> {
  await sql`alter table delivery_attempts drop constraint if exists no_answers`.execute(shop.db);
}

const attemptsOf = (delivery: string) =>
  shop.db.selectFrom('delivery_attempts').select('state').where('delivery_id', '=', delivery).execute();

describe('answers of providers that the database does not take at once', () => {
  it('are written when it does, each of them, and nothing is sent again', async () => {
    const requests = await Promise.all(
      [1, 2, 3].map(async () => requestOf(await shop.enrolment(await shop.customer()))),
    );
    let refused: Promise<void> | undefined;
    const email = listeningChannel('email', async ({ sendId }) => {
      const isFirst = refused === undefined;
      await (refused ??= refuseAnswers());
      // The others come while the first one waits to be written again.
      if (!isFirst) await sleep(400);
      return accepted(sendId);
    });
    const delivering = shop.anotherDeliver({ channels: [email] })(requests);
    await vi.waitUntil(() => email.heard.length === 3, { timeout: 20_000 });
    await sleep(900);
    expect((await Promise.all(requests.map(shop.row))).map((row) => row.state)).toEqual([
      'sending',
      'sending',
      'sending',
    ]);
    await takeAnswers();
    expect(await delivering).toMatchObject([{ status: 'sent' }, { status: 'sent' }, { status: 'sent' }]);
    expect(email.heard).toHaveLength(3);
  });

  it('are given up when the lease is over, and not before', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    const wall = { time: Date.now(), now: () => wall.time };
    const email = listeningChannel('email', async ({ sendId }) => {
      await refuseAnswers();
      return accepted(sendId);
    });
    const delivering = shop.anotherDeliver({ channels: [email], wall })([request]);
    const given = delivering.then(
      () => 'kept',
      () => 'given up',
    );
    expect(await Promise.race([given, sleep(1200, 'still trying')])).toBe('still trying');
    wall.time += 60_000;
    expect(await given).toBe('given up');
    await takeAnswers();
    const { id } = await shop.row(request);
    expect(await attemptsOf(id)).toEqual([{ state: 'sending' }]);
    expect(await shop.anotherDeliver({ wall })([request])).toEqual([{ status: 'unknown' }]);
    expect(shop.email.heard).toHaveLength(0);
  });
});

it('a provider’s words that PostgreSQL cannot keep do not take the answers beside them along', async () => {
  const [odd, plain] = [
    requestOf(await shop.enrolment(await shop.customer())),
    requestOf(await shop.enrolment(await shop.customer())),
  ];
  const words = `\u0000${'x'.repeat(298)}😀 and more`;
  let calls = 0;
  const email = listeningChannel('email', async ({ sendId }) =>
    calls++ === 0 ? ambiguous(words) : accepted(sendId),
  );
  const outcomes = await shop.anotherDeliver({ channels: [email] })([odd, plain]);
  expect(outcomes.map((each) => each.status).sort()).toEqual(['sent', 'unknown']);
});
