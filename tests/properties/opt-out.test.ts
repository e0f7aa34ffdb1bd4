import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import fc from 'fast-check';
import * as z from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suppress } from '../../client/suppress.ts';
import { createUnsubscribe } from '../../client/unsubscribe.ts';
import { accepted } from '../../delivery/channels/channel.ts';
import { createDeliver, type Deliver } from '../../delivery/deliver.ts';
import { createLinks } from '../../delivery/links.ts';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import { sendKeyOf, type SendRequest } from '../../domain/delivery.ts';
import { defineMessage } from '../../domain/message.ts';
import { unsubscribeRoutes } from '../../http/unsubscribe.ts';
import { keepInbound } from '../../store/inbound.ts';
import { campaignRequestOf, listeningChannel, requestOf, tenOClock } from '../delivery/delivery-shop.ts';
import { noticeOf, openInboxShop, type InboxShop, type News } from '../dispatch/inbox/inbox-shop.ts';

/**
 * From an accepted opt-out to no further marketing: real deliveries of journeys and of a campaign under way race with
 * every road by which a customer can leave, on a real PostgreSQL.
 *
 * "Accepted" is when the road has answered: the page, the 2xx to the provider, the call that returns. What had passed its
 * point of no return by then may still leave, at most 50 messages of each worker; nothing else may.
 */

const runs = Number(process.env['PERENNIAL_PROPERTY_RUNS'] ?? 10);
const seed = process.env['PERENNIAL_PROPERTY_SEED'];

const message = (channel: ChannelName) =>
  defineMessage({
    name: `by-${channel}`,
    purpose: 'marketing',
    class: 'once',
    channels: [channel],
    usefulFor: '2 days',
    input: z.strictObject({ say: z.string() }),
    data: z.strictObject({ say: z.string() }),
    load: async ({ say }) => ({ data: { say } }),
    sample: { say: 'Hello' },
  });
const messages = {
  'by-email': message('email'),
  'by-sms': message('sms'),
  'by-whatsapp': message('whatsapp'),
};
const say = precompile('{{say}}', 'plain');
const words = {
  email: { subject: say, html: precompile('<p>{{say}}</p>', 'html'), text: say },
  sms: { text: say },
  whatsapp: { name: 'note', category: 'marketing', body: 'Hello {{1}}', variables: { '1': say } },
} as const;

/** Every road out, and the channels that it closes. */
const roads = {
  'one-click header': ['email'],
  'link, everything': channelNames,
  'STOP by sms': ['sms'],
  'a sentence by sms': ['sms'],
  '수신거부 by whatsapp': ['whatsapp'],
  'complaint about a mail': channelNames,
  'unsubscribed at the provider': ['email'],
  'opted out at the provider': ['sms'],
  'consent withdrawn by the API': channelNames,
  'suppressed by the shop': channelNames,
} as const satisfies Record<string, readonly ChannelName[]>;
type Road = keyof typeof roads;
const roadNames = Object.keys(roads).filter((name): name is Road => name in roads);

interface Person {
  readonly name: string;
  readonly id: string;
  readonly enrolment: string;
  readonly recipient: string;
  readonly road: Road;
  readonly addresses: { readonly [C in ChannelName]: string };
  /** A message that each channel sent before the race. */
  readonly had: { readonly [C in ChannelName]: string };
}

const heard: { readonly channel: ChannelName; readonly to: string; readonly sendId: string }[] = [];
let shop: InboxShop;
let deliver: Deliver;
let pages: FastifyInstance;
let count = 0;

beforeAll(async () => {
  const slowly = (channel: ChannelName) =>
    listeningChannel(channel, async ({ sendId, to }) => {
      heard.push({ channel, to: to.address, sendId });
      await sleep(3);
      return accepted(sendId);
    });
  shop = await openInboxShop({ policy: { frequencyCaps: [] }, channels: channelNames.map(slowly), messages });
  const templates = Object.fromEntries(Object.keys(messages).map((name) => [name, { en: words, ko: words }]));
  deliver = createDeliver({ ...shop.deps, renderer: createRenderer({ templates }) });
  const { db, intake, clock } = shop;
  pages = fastify();
  await pages.register(
    unsubscribeRoutes({
      verify: links.verifyUnsubscribe,
      ...createUnsubscribe({ db, intake, clock }),
      preferencesOf: (customer) => links.preferences(customer),
      brand: 'North & Pine',
    }),
  );
});
afterAll(async () => {
  await pages.close();
  await shop.close();
});

const links = createLinks({ publicUrl: '', secret: 'a secret of thirty-two characters' });

async function somebody(road: Road, campaign: string): Promise<Person> {
  const number = (count += 1);
  const name = `leaver-${number}`;
  const phone = `+4477${String(number).padStart(8, '0')}`;
  const email = `${name}@example.com`;
  const id = await shop.named(name, { email, phone });
  // WhatsApp takes free text from who wrote within a day.
  const window = { customer: id, channel: 'whatsapp', addressKey: phone, at: tenOClock - 1000 } as const;
  await keepInbound(shop.db, { ...window, id: `window-${number}`, delivery: null });
  const enrolment = await shop.enrolment(id);
  const recipient = await shop.recipient(campaign, id);
  const before = channelNames.map((channel) => requestOf(enrolment, { message: `by-${channel}` }));
  expect((await deliver(before)).map(({ status }) => status)).toEqual(['sent', 'sent', 'sent']);
  const [byEmail, bySms, byWhatsApp] = await Promise.all(before.map((request) => shop.row(request)));
  return {
    name,
    id,
    enrolment,
    recipient,
    road,
    addresses: { email, sms: phone, whatsapp: phone },
    had: { email: byEmail?.id ?? '', sms: bySms?.id ?? '', whatsapp: byWhatsApp?.id ?? '' },
  };
}

/** One more message by each channel, of the journey and of the campaign. */
function requestsFor({ enrolment, recipient }: Person): SendRequest[] {
  return channelNames.flatMap((channel) => {
    const step = `by-${channel}#${(count += 1)}`;
    const about = { step, message: `by-${channel}` };
    return [
      requestOf(enrolment, { ...about, sendKey: sendKeyOf(enrolment, step) }),
      campaignRequestOf(recipient, { ...about, sendKey: sendKeyOf(recipient, step) }),
    ];
  });
}

/** Resolves when the opt-out is accepted. */
async function leave({ name, id, road, addresses, had }: Person): Promise<void> {
  const tell = (connection: string, news: News) => shop.inbox.keep(connection, [noticeOf(news)]);
  const post = async (payload: string) => {
    const url = links.unsubscribe({ customer: id, delivery: had.email, channel: 'email' });
    const answer = await pages.inject({ method: 'POST', url, payload });
    expect(answer.statusCode).toBe(200);
  };
  switch (road) {
    case 'one-click header':
      return post('List-Unsubscribe=One-Click');
    case 'link, everything':
      return post('scope=all');
    case 'STOP by sms':
      return tell('listening-sms', { kind: 'inbound', channel: 'sms', from: addresses.sms, text: 'STOP' });
    case 'a sentence by sms':
      return tell('listening-sms', {
        kind: 'inbound',
        channel: 'sms',
        from: addresses.sms,
        text: 'Could you please stop sending me these texts?',
      });
    case '수신거부 by whatsapp':
      return tell('listening-whatsapp', {
        kind: 'inbound',
        channel: 'whatsapp',
        from: addresses.whatsapp,
        text: '수신거부',
      });
    case 'complaint about a mail':
      return tell('listening-email', { kind: 'complained', sendId: had.email });
    case 'unsubscribed at the provider':
      return tell('listening-email', { kind: 'unsubscribed', sendId: had.email });
    case 'opted out at the provider':
      return tell('listening-sms', { kind: 'failed', sendId: had.sms, code: '21610', class: 'opted-out' });
    case 'consent withdrawn by the API':
      await shop.intake.accept([
        {
          id: `withdrawn-${name}`,
          type: 'consent.changed',
          customerId: name,
          occurredAt: new Date(tenOClock).toISOString(),
          data: { channel: 'all', purpose: 'marketing', state: 'withdrawn', basis: 'account page' },
        },
      ]);
      return;
    case 'suppressed by the shop':
      await suppress(shop.db, name, { reason: 'asked on the telephone', now: tenOClock });
      return;
    default:
      return road satisfies never;
  }
}

/** Messages that left by a closed channel and had not passed their point of no return when it was closed. */
async function race(plan: readonly { readonly road: Road; readonly afterMs: number }[]): Promise<string[]> {
  const campaign = await shop.occurrence();
  const people = await Promise.all(plan.map(({ road }) => somebody(road, campaign)));
  const running = { on: true };
  const senders = [1, 2].map(async () => {
    while (running.on) await deliver(people.flatMap(requestsFor));
  });
  const broken = await Promise.all(
    people.map(async (person, index) => {
      await sleep(plan[index]?.afterMs ?? 0);
      await leave(person);
      const from = heard.length;
      const underway = await attemptsOf(person.id);
      return () => sentLate(person, from, underway);
    }),
  );
  await sleep(20);
  running.on = false;
  await Promise.all(senders);
  await deliver(people.flatMap(requestsFor));
  return broken.flatMap((tell) => tell());
}

async function attemptsOf(customer: string): Promise<ReadonlySet<string>> {
  const rows = await shop.db
    .selectFrom('delivery_attempts')
    .innerJoin('deliveries', 'deliveries.id', 'delivery_attempts.delivery_id')
    .select('deliveries.id')
    .where('customer_id', '=', customer)
    .execute();
  return new Set(rows.map((row) => row.id));
}

function sentLate({ road, addresses }: Person, from: number, underway: ReadonlySet<string>): string[] {
  const closed: readonly ChannelName[] = roads[road];
  return heard
    .slice(from)
    .filter(
      ({ channel, to, sendId }) =>
        to === addresses[channel] && closed.includes(channel) && !underway.has(sendId),
    )
    .map(({ channel }) => `${road}: one more by ${channel}`);
}

describe('from an accepted opt-out to no further marketing', () => {
  it.each(roadNames)('by the road "%s"', { timeout: 60_000 }, async (road) => {
    expect(await race([{ road, afterMs: 5 }])).toEqual([]);
  });

  it('by any roads at once, at any moment', { timeout: 30_000 + runs * 20_000 }, async () => {
    const step = fc.record({ road: fc.constantFrom(...roadNames), afterMs: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (plan) => {
        expect(await race(plan)).toEqual([]);
      }),
      { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }), endOnFailure: true },
    );
  });

  it('leaves the channels open that nobody has closed', { timeout: 60_000 }, async () => {
    const campaign = await shop.occurrence();
    const person = await somebody('STOP by sms', campaign);
    await leave(person);
    const outcomes = await deliver(requestsFor(person));
    expect(outcomes.map((outcome) => (outcome.status === 'sent' ? outcome.channel : outcome.status))).toEqual(
      ['email', 'email', 'skipped', 'skipped', 'whatsapp', 'whatsapp'],
    );
  });
});
