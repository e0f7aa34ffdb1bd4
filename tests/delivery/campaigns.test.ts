import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ambiguous } from '../../delivery/channels/channel.ts';
import { newId } from '../../store/new-id.ts';
import { mergeCustomers } from '../../store/merge-customers.ts';
import { pause, resume } from '../../store/pauses.ts';
import {
  campaignRequestOf,
  hour,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  tenOClock,
  type DeliveryShop,
} from './delivery-shop.ts';
import { createMeanwhile } from './meanwhile.ts';

let shop: DeliveryShop;
const { meanwhile, messages } = createMeanwhile();

beforeAll(async () => {
  shop = await openDeliveryShop({ messages });
});
afterAll(() => shop.close());
beforeEach(() => {
  meanwhile.reset();
  shop.clock.time = tenOClock;
  shop.email.heard.length = 0;
});

const day = 24 * hour;
const sent = { status: 'sent', channel: 'email' };

async function placeOrder(customer: string, placedAt: number, state = 'placed') {
  await sql`
    insert into orders (id, order_id, customer_id, state, placed_at)
    values (${newId()}, ${newId()}, ${customer}, ${state}, ${new Date(placedAt)})
  `.execute(shop.db);
}

const setState = (occurrence: string, state: 'running' | 'cancelled') =>
  shop.db.updateTable('campaign_occurrences').set({ state }).where('id', '=', occurrence).execute();

describe('a message of a campaign', () => {
  it('leaves by the same path, and the ledger says for which campaign', async () => {
    const occurrence = await shop.occurrence({ campaign: 'black-friday' });
    const recipient = await shop.recipient(occurrence, await shop.customer());
    const request = campaignRequestOf(recipient);
    expect(await shop.deliver([request])).toMatchObject([sent]);
    expect(await shop.deliver([request])).toMatchObject([sent]);
    expect(shop.email.heard).toMatchObject([{ origin: 'black-friday', step: 'reminder#1' }]);
    expect(await shop.row(request)).toMatchObject({
      recipient_id: recipient,
      campaign: 'black-friday',
      enrolment_id: null,
      journey: null,
      version: null,
      is_test: false,
      state: 'accepted',
    });
  });

  it('shares a list with those of journeys, and answers come in the order of the requests', async () => {
    const occurrence = await shop.occurrence();
    const ofCampaign = campaignRequestOf(await shop.recipient(occurrence, await shop.customer()));
    const ofJourney = requestOf(await shop.enrolment(await shop.customer()));
    const ofHoldout = campaignRequestOf(
      await shop.recipient(occurrence, await shop.customer(), { holdout: true }),
    );
    expect(await shop.deliver([ofHoldout, ofJourney, ofCampaign])).toMatchObject([
      { status: 'skipped', reason: 'holdout' },
      sent,
      sent,
    ]);
    expect(await shop.row(ofHoldout)).toMatchObject({ state: 'skipped', reason: 'holdout' });
  });

  it('does not leave for somebody who is no recipient', async () => {
    expect(await shop.deliver([campaignRequestOf(newId())])).toEqual([
      { status: 'failed', code: 'input-invalid' },
    ]);
  });

  it('of a test is marked as one, and does not count for the cap', async () => {
    const customer = await shop.customer();
    const test = campaignRequestOf(await shop.recipient(await shop.occurrence({ test: true }), customer));
    expect(await shop.deliver([test])).toMatchObject([sent]);
    expect(await shop.row(test)).toMatchObject({ is_test: true });
    expect(await shop.deliver([requestOf(await shop.enrolment(customer))])).toMatchObject([sent]);
  });

  it('counts for the cap of journeys, as theirs for that of campaigns', async () => {
    const [first, second] = [await shop.customer(), await shop.customer()];
    const occurrence = await shop.occurrence();
    const capped = [{ status: 'deferred', reason: 'frequency-cap', until: tenOClock + day }];
    await shop.deliver([campaignRequestOf(await shop.recipient(occurrence, first))]);
    expect(await shop.deliver([requestOf(await shop.enrolment(first))])).toEqual(capped);
    await shop.deliver([requestOf(await shop.enrolment(second))]);
    expect(await shop.deliver([campaignRequestOf(await shop.recipient(occurrence, second))])).toEqual(capped);
  });

  it('leaves the last place of the week to a journey', async () => {
    const customer = await shop.customer();
    for (const days of [0, 2]) {
      shop.clock.time = tenOClock + days * day;
      const request = requestOf(await shop.enrolment(customer), { dueAt: shop.clock.time });
      expect(await shop.deliver([request])).toMatchObject([sent]);
    }
    shop.clock.time = tenOClock + 4 * day;
    const recipient = await shop.recipient(await shop.occurrence(), customer);
    const ofCampaign = campaignRequestOf(recipient, { dueAt: shop.clock.time });
    expect(await shop.deliver([ofCampaign])).toEqual([{ status: 'skipped', reason: 'frequency-cap' }]);
    const ofJourney = requestOf(await shop.enrolment(customer), { dueAt: shop.clock.time });
    expect(await shop.deliver([ofJourney])).toMatchObject([sent]);
  });
});

describe('what happens while a message of a campaign is being written is seen', () => {
  it.each([
    [
      'the campaign is cancelled',
      { status: 'skipped', reason: 'campaign-not-running' },
      (_: string, occurrence: string) => setState(occurrence, 'cancelled'),
    ],
    [
      'the customer buys',
      { status: 'skipped', reason: 'bought-already' },
      (customer: string) => placeOrder(customer, tenOClock),
    ],
    [
      'the customer complains',
      { status: 'skipped', reason: 'complaint-open' },
      (customer: string) =>
        shop.db
          .insertInto('complaints')
          .values({
            id: newId(),
            complaint_id: newId(),
            customer_id: customer,
            topic: null,
            opened_at: new Date(tenOClock),
          })
          .execute(),
    ],
  ] as const)('%s', async (_, outcome, change) => {
    const customer = await shop.customer();
    const occurrence = await shop.occurrence({ excludesBuyersSince: tenOClock - hour });
    meanwhile.happens = () => change(customer, occurrence);
    const request = campaignRequestOf(await shop.recipient(occurrence, customer));
    expect(await shop.deliver([request])).toEqual([outcome]);
    expect(shop.email.heard).toHaveLength(0);
  });

  it('it is paused, and leaves after it has been resumed', async () => {
    const occurrence = await shop.occurrence({ campaign: 'seollal' });
    const another = await shop.occurrence({ campaign: 'chuseok' });
    meanwhile.happens = () => pause(shop.db, { scope: 'campaign', name: 'seollal' }, { at: tenOClock });
    const request = campaignRequestOf(await shop.recipient(occurrence, await shop.customer()));
    const other = campaignRequestOf(await shop.recipient(another, await shop.customer()));
    const until = tenOClock + 300_000;
    expect(await shop.deliver([request, other])).toMatchObject([
      { status: 'deferred', until, reason: 'paused' },
      sent,
    ]);
    meanwhile.reset();
    await resume(shop.db, { scope: 'campaign', name: 'seollal' });
    shop.clock.time = until;
    expect(await shop.deliver([request])).toMatchObject([sent]);
  });
});

describe('an order', () => {
  const since = tenOClock - hour;
  it.each([
    ['since the launch', since, 'placed', false],
    ['before the launch', since - 1, 'placed', true],
    ['that was cancelled', since, 'cancelled', true],
    ['that was never paid', since, 'payment-expired', true],
    ['that was refunded', since, 'refunded', false],
  ])('%s: it is written to the buyer, %s %s: %s', async (_, at, state, goes) => {
    const customer = await shop.customer();
    await placeOrder(customer, at, state);
    const recipient = await shop.recipient(await shop.occurrence({ excludesBuyersSince: since }), customer);
    const [outcome] = await shop.deliver([campaignRequestOf(recipient)]);
    expect(outcome).toMatchObject(goes ? sent : { status: 'skipped', reason: 'bought-already' });
  });

  it('does not matter to a campaign that does not mind', async () => {
    const customer = await shop.customer();
    await placeOrder(customer, tenOClock);
    const recipient = await shop.recipient(await shop.occurrence(), customer);
    expect(await shop.deliver([campaignRequestOf(recipient)])).toMatchObject([sent]);
  });
});

describe('a complaint', () => {
  const complain = (customer: string, openedAt: number, closedAt: number | null) =>
    shop.db
      .insertInto('complaints')
      .values({
        id: newId(),
        complaint_id: newId(),
        customer_id: customer,
        topic: null,
        opened_at: new Date(openedAt),
        closed_at: closedAt === null ? null : new Date(closedAt),
      })
      .execute();
  const held = { status: 'skipped', reason: 'complaint-open' };

  it.each([
    ['is open', [[tenOClock - day, null]], held],
    [
      'is open beside one that was closed long ago',
      [
        [tenOClock - 30 * day, tenOClock - 20 * day],
        [tenOClock, null],
      ],
      held,
    ],
    ['was opened again', [[tenOClock - day, tenOClock - 2 * day]], held],
    ['was closed a week ago', [[tenOClock - 9 * day, tenOClock - 7 * day]], sent],
    ['is told ahead of its time', [[tenOClock + hour, null]], sent],
  ] as const)('that %s decides about a journey as well', async (_, complaints, outcome) => {
    const customer = await shop.customer();
    for (const [openedAt, closedAt] of complaints) await complain(customer, openedAt, closedAt);
    expect(await shop.deliver([requestOf(await shop.enrolment(customer))])).toMatchObject([outcome]);
  });
});

describe('a merge', () => {
  async function pair() {
    const [from, into] = [await shop.customer(), await shop.customer()];
    const occurrence = await shop.occurrence();
    return {
      from,
      into,
      occurrence,
      merge: () =>
        shop.db
          .transaction()
          .execute((trx) => mergeCustomers(trx, { from, into, at: tenOClock, event: newId() })),
    };
  }

  it('takes a place in a campaign along', async () => {
    const { from, into, occurrence, merge } = await pair();
    const request = campaignRequestOf(await shop.recipient(occurrence, from));
    await merge();
    expect(await shop.deliver([request])).toMatchObject([sent]);
    expect((await shop.row(request)).customer_id).toBe(into);
  });

  it('of two recipients lets the one who stays get it, once', async () => {
    const { from, into, occurrence, merge } = await pair();
    const gone = campaignRequestOf(await shop.recipient(occurrence, from));
    const stays = campaignRequestOf(await shop.recipient(occurrence, into));
    await merge();
    expect(await shop.deliver([gone, stays])).toMatchObject([
      { status: 'skipped', reason: 'duplicate-recipient' },
      sent,
    ]);
  });

  it('after one of them got it lets the other get nothing more', async () => {
    const { from, into, occurrence, merge } = await pair();
    const gone = campaignRequestOf(await shop.recipient(occurrence, from));
    const stays = campaignRequestOf(await shop.recipient(occurrence, into));
    await shop.deliver([gone]);
    await merge();
    shop.clock.time = tenOClock + 30 * hour;
    expect(await shop.deliver([gone, stays])).toMatchObject([
      sent,
      { status: 'skipped', reason: 'duplicate-recipient' },
    ]);
  });

  it('while evidence is waited for that one of them got it lets the other get nothing', async () => {
    const { from, into, occurrence, merge } = await pair();
    const receipt = { message: 'receipt' };
    const gone = campaignRequestOf(await shop.recipient(occurrence, from), receipt);
    const stays = campaignRequestOf(await shop.recipient(occurrence, into), receipt);
    const silent = listeningChannel('email', async () => ambiguous('hung up'));
    expect(await shop.anotherDeliver({ channels: [silent] })([gone])).toMatchObject([{ status: 'deferred' }]);
    await merge();
    shop.clock.time = tenOClock + 15 * 60_000;
    expect(await shop.deliver([gone, stays])).toMatchObject([
      sent,
      { status: 'skipped', reason: 'duplicate-recipient' },
    ]);
  });
});

describe('a pause while a list of a thousand is under way', () => {
  it.each([
    ['of everything', { scope: 'everything' }],
    ['of the channel', { scope: 'channel', name: 'email' }],
    ['of the campaign', { scope: 'campaign', name: 'last-hours' }],
  ] as const)(
    '%s lets nothing leave after its commit but the small batch that is under way',
    async (_, what) => {
      const occurrence = await shop.occurrence({ campaign: 'last-hours' });
      const requests = (await insertRecipients(occurrence, 1000)).map((id) => campaignRequestOf(id));
      // The provider of the first batch answers when the pause is committed: what it has by then is the small batch.
      let paused: Promise<unknown> | undefined;
      const listening = {
        ...shop.email,
        send: async (...args: Parameters<typeof shop.email.send>) => {
          const answer = await shop.email.send(...args);
          await (paused ??= pause(shop.db, what, { at: tenOClock }));
          return answer;
        },
      };
      const outcomes = await shop.anotherDeliver({ channels: [listening] })(requests);
      await resume(shop.db, what);
      await shop.db.deleteFrom('campaign_occurrences').where('id', '=', occurrence).execute();
      const held = outcomes.filter(({ status }) => status === 'deferred');
      expect(shop.email.heard).toHaveLength(50);
      expect(held).toHaveLength(950);
      expect(held.every((outcome) => outcome.status === 'deferred' && outcome.reason === 'paused')).toBe(
        true,
      );
    },
  );
});

describe('the words of a long list', () => {
  it('are written just before they leave, so that the list never holds a thousand mails', async () => {
    const occurrence = await shop.occurrence();
    const requests = (await insertRecipients(occurrence, 350)).map((id) => campaignRequestOf(id));
    let written = 0;
    let mostWaiting = 0;
    meanwhile.happens = async () => {
      written += 1;
      mostWaiting = Math.max(mostWaiting, written - shop.email.heard.length);
    };
    const outcomes = await shop.deliver(requests);
    expect(outcomes.every(({ status }) => status === 'sent')).toBe(true);
    expect(written).toBe(350);
    expect(mostWaiting).toBe(100);
  });

  it('are not written for what has no permit in time, and the rest comes again', async () => {
    const occurrence = await shop.occurrence();
    const requests = (await insertRecipients(occurrence, 250)).map((id) => campaignRequestOf(id));
    let written = 0;
    meanwhile.happens = async () => {
      written += 1;
    };
    let batches = 1;
    const now = () => performance.now();
    const permits = {
      limits: () => true,
      take: async (_: string, wanted: number) =>
        Array.from({ length: batches-- > 0 ? wanted : 0 }, () => ({ from: now(), until: now() + 60_000 })),
      noteCrossing: () => undefined,
    };
    await expect(shop.anotherDeliver({ permits })(requests)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(shop.email.heard).toHaveLength(50);
    expect(written).toBe(100);
    expect(await shop.deliver(requests)).toHaveLength(250);
    expect(new Set(shop.email.heard.map(({ sendId }) => sendId)).size).toBe(250);
    expect(shop.email.heard).toHaveLength(250);
  });
});

async function insertRecipients(occurrence: string, size: number): Promise<readonly string[]> {
  const at = new Date(tenOClock - hour);
  const { rows } = await sql<{ id: string }>`
    with crowd as (
      insert into customers (id, created_at)
      select gen_random_uuid(), ${at} from generate_series(1, ${size}::integer) returning id
    ),
    contacts as (
      insert into contact_points (customer_id, kind, address, address_key, occurred_at)
      select id, 'email', id || '@example.com', id || '@example.com', ${at} from crowd
    ),
    consents as (
      insert into consents (id, customer_id, channel, purpose, state, basis, occurred_at, event_id)
      select gen_random_uuid(), id, 'email', 'marketing', 'granted', 'test', ${at}, 'test' from crowd
    )
    insert into campaign_recipients (id, occurrence_id, customer_id, due_at)
    select gen_random_uuid(), ${occurrence}::uuid, id, ${new Date(tenOClock)} from crowd
    returning id
  `.execute(shop.db);
  return rows.map(({ id }) => id);
}
