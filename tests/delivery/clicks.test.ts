import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createClickFinder } from '../../client/find-click.ts';
import { createLinks } from '../../delivery/links.ts';
import { followLinks } from '../../delivery/rendering/followed-links.ts';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { createInbox } from '../../dispatch/inbox/create-inbox.ts';
import { noticeOfClick, ownLinks } from '../../dispatch/inbox/own-clicks.ts';
import { toIso } from '../../domain/instant.ts';
import { defineMessage } from '../../domain/message.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { eraseCustomer } from '../../store/erase-customer.ts';
import { openInboxShop, type InboxShop } from '../dispatch/inbox/inbox-shop.ts';
import { abandonedCart, journeys } from '../intake/shop.ts';
import { requestOf, tenOClock } from './delivery-shop.ts';

const publicUrl = 'https://go.shop.example';
const secret = 'a secret of thirty-two characters';
const links = createLinks({ publicUrl, secret, clickDomains: ['shop.example'] });
const target = 'https://shop.example/cart/7';

const linked = (name: string, purpose: 'marketing' | 'transactional', channel: 'email' | 'sms') =>
  defineMessage({
    name,
    purpose,
    class: 'once',
    channels: [channel],
    usefulFor: '2 days',
    input: z.strictObject({ say: z.string() }),
    data: z.strictObject({ say: z.string() }),
    load: async ({ say }) => ({ data: { say } }),
    sample: { say: target },
  });
const messages = {
  text: linked('text', 'marketing', 'sms'),
  mail: linked('mail', 'marketing', 'email'),
  receipt: linked('receipt', 'transactional', 'sms'),
};
const plain = (template: string) => precompile(followLinks(template, 'plain'), 'plain');
const words = {
  email: {
    subject: plain('Hello'),
    html: precompile(followLinks('<a href="{{url say}}">go</a>', 'html'), 'html'),
    text: plain('{{url say}}'),
  },
  sms: { text: plain('{{url say}} Stop: {{url links.unsubscribe}}') },
};

let shop: InboxShop;
beforeAll(async () => {
  shop = await openInboxShop({ policy: { frequencyCaps: [] }, messages });
});
afterAll(() => shop.close());

/** Sends one message with a link, and tells where it went and what it says. */
async function send(message: keyof typeof messages, clicks = true) {
  const renderer = createRenderer({
    templates: Object.fromEntries(Object.keys(messages).map((name) => [name, { en: words }])),
  });
  const deliver = shop.anotherDeliver({
    renderer,
    links,
    shop: { ...shop.deps.shop, locales: { supported: ['en'] }, tracking: { clicks } },
  });
  const phone = `+4477009${String(Math.floor(shop.email.heard.length + shop.sms.heard.length)).padStart(5, '0')}`;
  const customer = await shop.customer({ phone, country: 'GB', timeZone: 'Europe/London' });
  const enrolment = await shop.enrolment(customer);
  const request = requestOf(enrolment, { message, input: { say: target } });
  const [outcome] = await deliver([request]);
  expect(outcome?.status).toBe('sent');
  const { id } = await shop.row(request);
  const said =
    [...shop.sms.heard, ...shop.email.heard].find(({ sendId }) => sendId === id)?.content.text ?? '';
  return { sendId: id, enrolment, customer, said };
}

const find = (link: string) =>
  createClickFinder({ db: shop.db, read: links.clicks.read, isShops: links.clicks.isShops })(
    link.slice(`${publicUrl}/c/`.length),
  );
const storedOf = (sendId: string) =>
  shop.db.selectFrom('short_links').selectAll().where('delivery_id', '=', sendId).execute();

describe('a marketing message', () => {
  it('leads to the shop over a short link of ours in a text, stored with the point of no return', async () => {
    const { said, sendId } = await send('text');
    const [link = ''] = said.split(' ');
    expect(link).toMatch(/^https:\/\/go\.shop\.example\/c\/[\w-]{12}$/);
    expect(await find(link)).toEqual({ delivery: sendId, url: target, writtenAt: tenOClock });
    expect(said).toMatch(/Stop: https:\/\/go\.shop\.example\/u\/[\w-]{47}$/);
  });

  it('leads there from a mail over a link that nothing is stored for', async () => {
    const { said, sendId } = await send('mail');
    expect(await find(said.trim())).toEqual({ delivery: sendId, url: target, writtenAt: tenOClock });
    expect(await storedOf(sendId)).toEqual([]);
  });

  it('leads there directly when the shop does not want to know, as a receipt always does', async () => {
    expect((await send('text', false)).said).toContain(`${target} `);
    const receipt = await send('receipt');
    expect(receipt.said).toContain(`${target} `);
    expect(await storedOf(receipt.sendId)).toEqual([]);
  });
});

describe('a click', () => {
  it('is an event of the message, once for each of its links, and wakes the run that waits for it', async () => {
    const { sendId, enrolment } = await send('text');
    const { db, clock } = shop;
    const intake = createIntake({
      db,
      journeys: journeys({ ...abandonedCart, wakesOn: ['message.clicked'] }),
      clock,
    });
    const inbox = createInbox({ db, intake, clock });
    const click = (url: string, at: number) => noticeOfClick({ delivery: sendId, url, at: tenOClock + at });
    await inbox.keep(ownLinks, [click(target, 60_000)]);
    await inbox.drain();
    await inbox.keep(ownLinks, [click(target, 90_000), click(`${target}?2`, 95_000)]);
    await inbox.drain();

    const events = await db
      .selectFrom('events')
      .select('envelope')
      .where('type', '=', 'message.clicked')
      .orderBy('occurred_at')
      .execute();
    expect(events.map(({ envelope }) => envelope?.['occurredAt'])).toEqual([
      toIso(tenOClock + 60_000),
      toIso(tenOClock + 95_000),
    ]);
    expect(await shop.delivery(sendId)).toMatchObject({
      arrival: 'delivered',
      clicked_at: tenOClock + 60_000,
    });
    const signals = await db
      .selectFrom('outbox')
      .select('kind')
      .where('enrolment_id', '=', enrolment)
      .execute();
    expect(signals).toEqual([{ kind: 'signal' }, { kind: 'signal' }]);
  });

  it('proves that a message arrived whose answer was lost', async () => {
    const { sendId } = await send('text');
    await shop.db.updateTable('deliveries').set({ state: 'unknown' }).where('id', '=', sendId).execute();
    await shop.db
      .updateTable('delivery_attempts')
      .set({ state: 'ambiguous' })
      .where('delivery_id', '=', sendId)
      .execute();
    await shop.tell(ownLinks, noticeOfClick({ delivery: sendId, url: target, at: tenOClock + 60_000 }));
    expect(await shop.delivery(sendId)).toMatchObject({ state: 'accepted', arrival: 'delivered' });
  });

  it('leaves nothing behind of a customer who is erased', async () => {
    const { sendId, customer } = await send('text');
    const wordsOf = () =>
      shop.db
        .selectFrom('delivery_attempts')
        .select(['detail', 'fingerprint'])
        .where('delivery_id', '=', sendId)
        .execute();
    expect(await storedOf(sendId)).toHaveLength(1);
    expect(await wordsOf()).toEqual([{ detail: null, fingerprint: expect.any(String) }]);
    await shop.db.transaction().execute((trx) => eraseCustomer(trx, customer, tenOClock));
    expect(await storedOf(sendId)).toEqual([]);
    // The words of a short message could be guessed from it.
    expect(await wordsOf()).toEqual([{ detail: null, fingerprint: null }]);
  });
});
