import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCampaignClient, type CampaignClient } from '../../client/campaigns/create-campaign-client.ts';
import { createJudge } from '../../delivery/judge-campaign.ts';
import { segment } from '../../domain/segment.ts';
import type { CampaignDefinition } from '../../domain/campaign.ts';
import { sayConsent, shopOf, tenOClock, hour } from '../delivery/delivery-shop.ts';
import { timestamp } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

/** The day after, at ten where each of them is. */
const campaign: CampaignDefinition = {
  name: 'black-friday',
  audience: segment({ country: ['GB', 'KR'] }),
  message: 'reminder',
  input: () => ({ say: 'Today' }),
  when: { holiday: 'black-friday', at: '10:00' },
  variants: { plain: { share: 1 }, deep: { share: 1, input: { say: 'Only today' } } },
};

/** For those who have not bought since the first one went out. */
const lastHours: CampaignDefinition = {
  name: 'last-hours',
  audience: campaign.audience,
  message: campaign.message,
  input: campaign.input,
  when: campaign.when,
  excludeBuyersSinceLaunch: 'black-friday',
};

let database: TestDatabase;
let buyer: string;
let operator: CampaignClient;
/** What dispatchers were started with. */
const started: object[] = [];
let now = tenOClock;
/** What the gateway says of a dispatcher. */
let answer: 'started' | 'finished' = 'started';

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const shop = shopOf(db);
  const clock = { now: () => now };
  operator = createCampaignClient({
    db,
    campaigns: [campaign, lastHours],
    clock,
    home: { timeZone: 'Europe/London' },
    gateway: { start: async (input) => (started.push(input), answer), stir: async () => false },
    judge: createJudge(shop.deps),
  });
  buyer = await shop.customer({ country: 'GB', timeZone: 'Europe/London', locale: 'en' });
  await shop.customer({ country: 'GB', timeZone: 'Europe/London', locale: 'en' });
  await shop.customer({ country: 'KR', timeZone: 'Asia/Seoul', locale: 'ko-KR' });
  await shop.customer({ country: 'GB', consents: [], locale: 'en' });
  const left = await shop.customer({ country: 'GB', locale: 'en', consents: ['email'] });
  await sayConsent(db, left, 'email', 'withdrawn', tenOClock - hour);
  await shop.customer({ country: 'FR' });
});

afterAll(() => database.close());

describe('the plan of a campaign', () => {
  it('counts recipients by language, channel and reason, by the gates of delivery', async () => {
    const plan = await operator.plan('black-friday');
    expect(plan).toMatchObject({ day: '2026-11-27', time: '10:00', recipients: 5 });
    expect(plan.outcomes).toEqual(
      expect.arrayContaining([
        { verdict: 'send', channel: 'email', reason: null, language: 'en', count: 2 },
        { verdict: 'send', channel: 'email', reason: null, language: 'ko', count: 1 },
        { verdict: 'skip', channel: null, reason: 'no-consent', language: 'en', count: 2 },
      ]),
    );
    expect(plan.instants).toEqual([
      { at: Date.parse('2026-11-27T01:00:00Z'), recipients: 1 },
      { at: Date.parse('2026-11-27T10:00:00Z'), recipients: 4 },
    ]);
  });

  it('neither sends nor writes anything down', async () => {
    await operator.plan('black-friday');
    const tables = ['campaign_occurrences', 'campaign_recipients', 'deliveries'] as const;
    for (const table of tables) {
      expect(await database.db.selectFrom(table).selectAll().execute()).toEqual([]);
    }
  });

  it('is not made for a campaign that is none', async () => {
    await expect(operator.plan('white-friday')).rejects.toMatchObject({ code: 'campaign-unknown' });
  });
});

describe('the plan of the last part of a series', () => {
  it('leaves out who has bought since the first part went out, and nobody before that', async () => {
    const { db } = database;
    const launched = tenOClock - 2 * hour;
    const outcome = { verdict: 'skip', reason: 'bought-already', count: 1 };
    await buy(launched - hour);
    expect((await operator.plan('last-hours')).outcomes).not.toContainEqual(expect.objectContaining(outcome));

    await db
      .insertInto('campaign_occurrences')
      .values({
        id: newId(),
        campaign: 'black-friday',
        scheduled_at: timestamp(launched),
        launched_at: timestamp(launched),
        state: 'running',
        created_at: timestamp(launched),
      })
      .execute();
    expect((await operator.plan('last-hours')).outcomes).not.toContainEqual(expect.objectContaining(outcome));
    await buy(launched + hour);
    expect((await operator.plan('last-hours')).outcomes).toContainEqual(expect.objectContaining(outcome));
  });

  async function buy(at: number): Promise<void> {
    const id = newId();
    await database.db
      .insertInto('orders')
      .values({ id, order_id: id, customer_id: buyer, state: 'paid', placed_at: timestamp(at) })
      .execute();
  }
});

describe('a test send', () => {
  let tester: string;
  beforeAll(async () => {
    const { address } = await database.db
      .selectFrom('contact_points')
      .select('address')
      .where('customer_id', '=', buyer)
      .limit(1)
      .executeTakeFirstOrThrow();
    tester = address;
  });
  beforeEach(async () => {
    started.length = 0;
    await database.db.deleteFrom('campaign_recipients').execute();
    await database.db.deleteFrom('campaign_occurrences').execute();
  });

  const testRecipients = () =>
    database.db.selectFrom('campaign_recipients').select(['occurrence_id', 'variant']).execute();

  it('is refused to an address that nobody has', async () => {
    await expect(operator.test('black-friday', 'nobody@example.com')).rejects.toMatchObject({
      code: 'customer-unknown',
    });
  });

  it('is refused for a variant that the campaign does not have, and names those it has', async () => {
    for (const [name, known] of [
      ['black-friday', /There are: plain, deep\.$/],
      ['last-hours', /has no variants/],
    ] as const) {
      const test = operator.test(name, tester, 'toString');
      await expect(test).rejects.toMatchObject({
        code: 'variant-unknown',
        message: expect.stringMatching(known),
      });
    }
    expect(started).toEqual([]);
    expect(await testRecipients()).toEqual([]);
  });

  it('is not refused for one that it has', async () => {
    const { occurrence } = await operator.test('black-friday', tester, 'deep');
    expect(started).toMatchObject([{ campaign: 'black-friday', occurrence }]);
    expect(await testRecipients()).toEqual([{ occurrence_id: occurrence, variant: 'deep' }]);
  });

  it('of the same instant as another goes out all the same, and not as a part of it', async () => {
    const first = await operator.test('black-friday', tester, 'plain');
    const second = await operator.test('black-friday', tester, 'deep');
    expect(second.occurrence).not.toBe(first.occurrence);
    expect(await testRecipients()).toEqual(
      expect.arrayContaining([
        { occurrence_id: first.occurrence, variant: 'plain' },
        { occurrence_id: second.occurrence, variant: 'deep' },
      ]),
    );
    const begun = await database.db.selectFrom('campaign_occurrences').select(['id', 'is_test']).execute();
    expect(begun.map(({ id }) => id).toSorted()).toEqual([first.occurrence, second.occurrence].toSorted());
    expect(begun.every((each) => each.is_test)).toBe(true);
    expect(new Set(started.map((input) => JSON.stringify(input))).size).toBe(2);
  });

  it('never becomes a part of the real thing, which may open at the same instant', async () => {
    const id = newId();
    await database.db
      .insertInto('campaign_occurrences')
      .values({
        id,
        campaign: 'black-friday',
        scheduled_at: timestamp(tenOClock),
        state: 'running',
        created_at: timestamp(tenOClock),
      })
      .execute();
    const { occurrence } = await operator.test('black-friday', tester);
    const tests = await database.db
      .selectFrom('campaign_occurrences')
      .select('id')
      .where('is_test', '=', true)
      .execute();
    expect(tests).toEqual([{ id: occurrence }]);
    expect(await testRecipients()).toMatchObject([{ occurrence_id: occurrence }]);
  });
});

describe('launching by hand', () => {
  beforeEach(async () => {
    started.length = 0;
    await database.db.deleteFrom('campaign_occurrences').execute();
  });

  it('begins what is due within the week', async () => {
    expect(await operator.launch('black-friday')).toEqual({
      campaign: 'black-friday',
      day: '2026-11-27',
      dispatcher: 'started',
    });
  });

  it("does not begin next year's when this year's is over, unless that is meant", async () => {
    now = tenOClock + 4 * 24 * hour;
    await expect(operator.launch('black-friday')).rejects.toMatchObject({
      code: 'campaign-not-due',
      message: expect.stringContaining('2027-11-26'),
    });
    expect(started).toEqual([]);
    expect(await operator.launch('black-friday', { next: true })).toMatchObject({ day: '2027-11-26' });
    now = tenOClock;
  });

  it('says that one was cancelled, not that it has been through', async () => {
    await operator.cancel('black-friday', { next: true });
    answer = 'finished';
    expect(await operator.launch('black-friday')).toMatchObject({ dispatcher: 'cancelled' });
    answer = 'started';
  });
});

describe('cancelling', () => {
  beforeEach(async () => {
    await database.db.deleteFrom('campaign_occurrences').execute();
  });

  const occurrences = () =>
    database.db.selectFrom('campaign_occurrences').select(['scheduled_at', 'state']).execute();
  const opensAt = async () => {
    const listed = await operator.list();
    return listed.find((each) => each.campaign === 'black-friday')?.opensAt ?? 0;
  };

  it('does not call off a time that is still to come, unless that is meant', async () => {
    await expect(operator.cancel('black-friday')).rejects.toMatchObject({
      code: 'campaign-not-due',
      message: expect.stringContaining('2026-11-27'),
    });
    expect(await occurrences()).toEqual([]);
  });

  it('calls off the next time when that is meant, and says so, however often', async () => {
    const scheduledAt = await opensAt();
    for (let time = 0; time < 2; time++) {
      expect(await operator.cancel('black-friday', { next: true })).toEqual({
        campaign: 'black-friday',
        scheduledAt,
        outcome: 'called-off',
      });
    }
    expect(await occurrences()).toEqual([{ scheduled_at: scheduledAt, state: 'cancelled' }]);
  });

  it('does not say that it has cancelled what had come to its end', async () => {
    const scheduledAt = await opensAt();
    await database.db
      .insertInto('campaign_occurrences')
      .values({
        id: newId(),
        campaign: 'black-friday',
        scheduled_at: timestamp(scheduledAt),
        state: 'done',
        created_at: timestamp(tenOClock),
      })
      .execute();
    expect(await operator.cancel('black-friday', { next: true })).toMatchObject({ outcome: 'finished' });
    expect(await occurrences()).toMatchObject([{ state: 'done' }]);
  });
});
