import { describe, expect, it } from 'vitest';
import type { CampaignDefinition, CampaignTime } from '../../domain/campaign.ts';
import { createCampaignClient } from '../../client/campaigns/create-campaign-client.ts';
import type { World } from '../../simulation/world.ts';
import config from '../../perennial.config.ts';
import { campaigns as campaignsOfTheShop } from '../../workflows/campaigns/index.ts';
import { createShop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds({ only: [] });

/** Nobody is held out by chance: ids are drawn anew in each run. */
const campaigns = campaignsOfTheShop.map((campaign): CampaignDefinition => ({ ...campaign, holdout: 0 }));

async function open(startAt: string, changed: readonly CampaignDefinition[] = campaigns) {
  const world = await openWorld(startAt, { campaigns: changed });
  const shop = createShop(world);
  await shop.open();
  return { world, shop };
}

function named(name: string): CampaignDefinition {
  const found = campaigns.find((campaign) => campaign.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

/** The operator, who in a world has its clock. */
function operatorOf(world: World, changed: readonly CampaignDefinition[] = campaigns) {
  return createCampaignClient({
    db: world.db,
    campaigns: changed,
    clock: world.clock,
    home: config.home,
    gateway: {
      start: async () => 'started',
      stir: async (campaign) => {
        await world.stirCampaign(campaign);
        return true;
      },
    },
    judge: async () => [],
  });
}

const london = { country: 'GB', timeZone: 'Europe/London', locale: 'en-GB' };
const newYork = { country: 'US', timeZone: 'America/New_York', locale: 'en-US' };
const seoul = { country: 'KR', timeZone: 'Asia/Seoul', locale: 'ko-KR' };

/** How each recipient's message ended: `who campaign state reason`. */
async function ledger(world: World): Promise<string[]> {
  const rows = await world.db
    .selectFrom('deliveries as d')
    .innerJoin('customers as c', 'c.id', 'd.customer_id')
    .select(['c.external_id as who', 'd.campaign', 'd.state', 'd.reason'])
    .orderBy('d.campaign')
    .orderBy('c.external_id')
    .execute();
  return rows.map(({ who, campaign, state, reason }) =>
    [who, campaign, state, reason].filter((part) => part !== null).join(' '),
  );
}

describe('the launch of Black Friday', () => {
  it('comes at ten on the clock of each customer, once', async () => {
    const { world, shop } = await open('2026-11-20T12:00:00Z');
    await shop.greet('mina', london);
    await shop.greet('bill', newYork);
    await shop.greet('anna', { country: 'US', timeZone: 'Pacific/Honolulu', locale: 'en' });
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-29T00:00:00Z');

    expect(shop.received()).toEqual([
      '2026-11-27T10:00 campaign-launch by email to mina@example.com',
      '2026-11-27T15:00 campaign-launch by email to bill@example.com',
      '2026-11-27T20:00 campaign-launch by email to anna@example.com',
    ]);
    const [occurrence] = await world.db.selectFrom('campaign_occurrences').selectAll().execute();
    expect(occurrence?.state).toBe('done');
  });

  it('does not go to those in other countries, without consent, or who came when it was over', async () => {
    const { world, shop } = await open('2026-11-20T12:00:00Z');
    await shop.greet('jiwoo', seoul);
    await shop.greet('silent', { ...london, consents: [] });
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-29T00:00:00Z');
    await shop.greet('late', london);
    await world.advanceTo('2026-12-02T00:00:00Z');
    expect(shop.received()).toEqual([]);
  });

  it('takes somebody who came on the eve, and one who moved to where it had been already', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    await shop.greet('bill', newYork);
    await shop.greet('carl', { ...newYork, timeZone: 'America/Los_Angeles' });
    await shop.greet('lucy', london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T09:45:00Z');
    await shop.greet('mina', london);
    await world.advanceTo('2026-11-27T12:00:00Z');
    await shop.greet('bill', london);
    await world.advanceTo('2026-11-29T00:00:00Z');
    expect(shop.received().sort()).toEqual([
      '2026-11-27T10:00 campaign-launch by email to lucy@example.com',
      '2026-11-27T10:00 campaign-launch by email to mina@example.com',
      '2026-11-27T17:50 campaign-launch by email to bill@example.com',
      '2026-11-27T18:00 campaign-launch by email to carl@example.com',
    ]);
  });

  it('does not reach somebody who opts out between the listing and the hour', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T09:55:00Z');
    await world.track(shop.consent('mina', 'email', 'withdrawn'));
    await world.advanceTo('2026-11-28T12:00:00Z');
    expect(shop.received()).toEqual([]);
    expect(await ledger(world)).toEqual(['mina black-friday-launch skipped no-consent']);
  });

  it('is another one next year', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-12-01T00:00:00Z');
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2027-12-01T00:00:00Z');
    expect(shop.received()).toEqual([
      '2026-11-27T10:00 campaign-launch by email to mina@example.com',
      '2027-11-26T10:00 campaign-launch by email to mina@example.com',
    ]);
  });

  it('is not sent twice when it is launched twice', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-launch');
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-12-01T00:00:00Z');
    expect(shop.received()).toHaveLength(1);
  });

  it('lets those it was launched too late for be, and tells the ledger why', async () => {
    const { world, shop } = await open('2026-11-28T12:00:00Z');
    await shop.greet('mina', london);
    await shop.greet('anna', { country: 'US', timeZone: 'Pacific/Honolulu', locale: 'en' });
    await world.launchCampaign('black-friday-launch').catch(() => undefined);
    await world.advanceTo('2026-11-29T12:00:00Z');
    // Over everywhere: the next occasion is that of next year, and nothing is sent now.
    expect(shop.received()).toEqual([]);
  });
});

describe('text messages of a campaign', () => {
  const byText = { consents: ['sms'] as const, phone: '+821012345678' };

  it('wait for the morning when the hour falls into the night, and come once', async () => {
    const early: CampaignTime = { holiday: 'seollal', offset: '-14 days', at: '07:00' };
    const night = { ...named('seollal-launch'), when: early };
    const { world, shop } = await open('2027-01-20T00:00:00Z', [night]);
    await shop.greet('jiwoo', { ...seoul, ...byText });
    await world.launchCampaign('seollal-launch');
    await world.advanceTo('2027-01-26T00:00:00Z');
    expect(shop.received()).toEqual(['2027-01-24T01:00 campaign-launch by sms to +821012345678']);
  });

  it('do not come at all when the morning is too late', async () => {
    const late: CampaignTime = { date: '2027-01-24', at: '23:00' };
    const night = { ...named('seollal-last-hours'), when: late };
    const { world, shop } = await open('2027-01-20T00:00:00Z', [night]);
    await shop.greet('jiwoo', { ...seoul, ...byText });
    await world.launchCampaign('seollal-last-hours');
    await world.advanceTo('2027-01-26T00:00:00Z');
    expect(shop.received()).toEqual([]);
    expect(await ledger(world)).toEqual(['jiwoo seollal-last-hours skipped quiet-hours']);
  });
});

describe('the series of 설', () => {
  async function play() {
    const { world, shop } = await open('2027-01-10T00:00:00Z');
    await shop.greet('vip', seoul);
    await shop.greet('jiwoo', seoul);
    await shop.greet('buyer', seoul);
    for (let order = 0; order < 5; order++) {
      const placed = shop.order('vip');
      await world.track(placed);
      await world.track({ type: 'order.paid', customerId: 'vip', data: { orderId: `order-${order + 1}` } });
    }
    for (const part of ['early-access', 'launch', 'countdown', 'last-hours']) {
      await world.launchCampaign(`seollal-${part}`);
    }
    await world.advanceTo('2027-01-25T00:00:00Z');
    await world.track(shop.order('buyer'));
    await world.advanceTo('2027-02-10T00:00:00Z');
    return { world, shop };
  }

  it('lets the best customers in first, and leaves out who has bought', async () => {
    const { world, shop } = await play();
    expect(shop.received().sort()).toEqual(
      [
        '2027-01-22T01:00 campaign-early-access by email to vip@example.com',
        '2027-01-24T01:00 campaign-launch by email to jiwoo@example.com',
        '2027-01-24T01:00 campaign-launch by email to buyer@example.com',
        '2027-01-30T01:00 campaign-countdown by email to vip@example.com',
        '2027-01-30T01:00 campaign-countdown by email to jiwoo@example.com',
        '2027-02-02T08:00 campaign-last-hours by email to vip@example.com',
        '2027-02-02T08:00 campaign-last-hours by email to jiwoo@example.com',
      ].sort(),
    );
    expect(await ledger(world)).toEqual(
      expect.arrayContaining([
        'buyer seollal-countdown skipped bought-already',
        'buyer seollal-last-hours skipped bought-already',
      ]),
    );
  });

  it('speaks Korean, with the day and the name', async () => {
    const { world } = await play();
    const launch = world.outbox().find(({ message }) => message === 'campaign-launch');
    const text = JSON.stringify(launch);
    expect(text).toContain('설날 15% 할인');
    expect(text).toContain('2월 2일 화요일');
  });
});

describe('an operator', () => {
  it('pauses a campaign at once, and what was held back goes on when it is resumed', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T09:55:00Z');
    await operator.pause('black-friday-launch');
    await world.advanceTo('2026-11-27T11:00:00Z');
    expect(shop.received()).toEqual([]);
    await operator.resume('black-friday-launch');
    await world.advanceTo('2026-11-27T11:01:00Z');
    expect(shop.received()).toEqual(['2026-11-27T11:00 campaign-launch by email to mina@example.com']);
  });

  it('leaves out what came due during a pause when told to, and nobody who is due later', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    await shop.greet('noah', newYork);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T09:55:00Z');
    await operator.pause('black-friday-launch');
    await world.advanceTo('2026-11-27T11:00:00Z');
    expect(await operator.countOverdue('black-friday-launch')).toBe(1);
    await operator.resume('black-friday-launch', 'skip');
    await world.advanceTo('2026-11-27T18:00:00Z');
    expect(shop.received()).toEqual(['2026-11-27T15:00 campaign-launch by email to noah@example.com']);
    expect(await ledger(world)).toEqual([
      'mina black-friday-launch skipped left-out-after-pause',
      'noah black-friday-launch accepted',
    ]);
  });

  it('does not send what was paused until it was useless', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-last-hours');
    await operator.pause('black-friday-last-hours');
    await world.advanceTo('2026-12-01T01:00:00Z');
    await operator.resume('black-friday-last-hours');
    await world.advanceTo('2026-12-02T12:00:00Z');
    expect(shop.received()).toEqual([]);
    expect(await ledger(world)).toEqual(['mina black-friday-last-hours skipped no-longer-useful']);
  });

  it('cancels what is under way: who had it had it, and the ledger tells of the rest', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    await shop.greet('bill', newYork);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T14:55:00Z');
    expect(await operator.cancel('black-friday-launch')).toMatchObject({ outcome: 'cancelled' });
    await world.advanceTo('2026-11-29T12:00:00Z');
    expect(await ledger(world)).toEqual([
      'bill black-friday-launch skipped campaign-not-running',
      'mina black-friday-launch accepted',
    ]);
    expect((await operator.status('black-friday-launch')).occurrence.state).toBe('cancelled');
  });

  it('calls off an occasion before it begins', async () => {
    const { world, shop } = await open('2026-11-20T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    expect(await operator.cancel('black-friday-launch', { next: true })).toMatchObject({
      outcome: 'called-off',
    });
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-29T12:00:00Z');
    expect(shop.received()).toEqual([]);
  });

  it('sees who is due, and is told of a name that is none', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z');
    const operator = operatorOf(world);
    await shop.greet('mina', london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-27T09:55:00Z');
    const status = await operator.status('black-friday-launch');
    expect(status.backlog).toMatchObject({ recipients: 1, open: 0 });
    expect(status.progress).toMatchObject([{ state: 'waiting', count: 1 }]);
    await expect(operator.status('black-fryday')).rejects.toMatchObject({ code: 'campaign-unknown' });
  });
});

describe('variants and holdout', () => {
  const tested = {
    ...named('black-friday-launch'),
    holdout: 0.3,
    variants: { plain: { share: 1 }, deep: { share: 1, input: { percent: 40 } } },
  } satisfies CampaignDefinition;

  it('are drawn by a hash, kept, and each gets its own; the holdout gets nothing and is counted', async () => {
    const { world, shop } = await open('2026-11-26T12:00:00Z', [tested]);
    for (let number = 0; number < 60; number++) await shop.greet(`c${number}`, london);
    await world.launchCampaign('black-friday-launch');
    await world.advanceTo('2026-11-28T12:00:00Z');
    const recipients = await world.db
      .selectFrom('campaign_recipients as r')
      .innerJoin('deliveries as d', 'd.recipient_id', 'r.id')
      .innerJoin('customers as c', 'c.id', 'r.customer_id')
      .select(['r.variant', 'r.holdout', 'd.state', 'd.reason', 'c.external_id as who'])
      .execute();
    const heldOut = recipients.filter(({ holdout }) => holdout);
    expect(heldOut.every(({ reason }) => reason === 'holdout')).toBe(true);
    expect(recipients.filter(({ holdout }) => !holdout).every(({ state }) => state === 'accepted')).toBe(
      true,
    );
    // Of 60: the chance to lie outside is below one in a million.
    expect(heldOut.length).toBeGreaterThan(2);
    expect(heldOut.length).toBeLessThan(38);
    expect(new Set(recipients.map(({ variant }) => variant))).toEqual(new Set(['plain', 'deep']));
    const deep = new Set(
      recipients
        .filter(({ variant, holdout }) => variant === 'deep' && !holdout)
        .map(({ who }) => `${who}@example.com`),
    );
    const told = world.outbox().filter((sent) => JSON.stringify(sent).includes('40%'));
    expect(new Set(told.map(({ to }) => to))).toEqual(deep);
  });
});
