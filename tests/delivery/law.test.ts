import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejected } from '../../delivery/channels/channel.ts';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { timestamp } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { replaceWhatsAppTemplates, storableTemplates } from '../../store/whatsapp-templates.ts';
import {
  hour,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  tenOClock,
  testMessages,
  type DeliveryShop,
} from './delivery-shop.ts';

const body = 'Hello {{1}}, it is still here. Reply STOP to stop.';
const contentSid = 'HX0123456789abcdef0123456789abcdef';
const approved = {
  name: 'reminder',
  language: 'en',
  contentSid,
  status: 'approved',
  category: 'marketing',
  body,
};

let shop: DeliveryShop;
beforeAll(async () => {
  shop = await openDeliveryShop({
    messages: { reminder: { ...testMessages.reminder, channels: ['email', 'sms', 'whatsapp'] } },
  });
});
afterAll(() => shop.close());

/** The same shop with all three channels, of which some refuse for good. */
function withAllChannels(...refusing: readonly ('email' | 'sms' | 'whatsapp')[]) {
  const channels = (['email', 'sms', 'whatsapp'] as const).map((medium) =>
    refusing.includes(medium)
      ? listeningChannel(medium, async () => rejected('refused', true))
      : listeningChannel(medium),
  );
  const whatsapp = { name: 'reminder', category: 'marketing', body } as const;
  const words = {
    email: {
      subject: precompile('{{say}}', 'plain'),
      html: precompile('<body>{{say}}</body>', 'html'),
      text: precompile('{{say}}', 'plain'),
    },
    sms: { text: precompile('{{say}} Stop: {{links.unsubscribe}}', 'plain') },
    whatsapp: { ...whatsapp, variables: { 1: precompile('{{say}}', 'plain') } },
  };
  const renderer = createRenderer({ templates: { reminder: { en: words } } });
  return { channels, deliver: shop.anotherDeliver({ channels, renderer }) };
}

async function somebody(fields: Parameters<DeliveryShop['customer']>[0]) {
  const consents = ['email', 'sms', 'whatsapp'] as const;
  const customer = await shop.customer({ consents, ...fields });
  return { customer, request: requestOf(await shop.enrolment(customer)) };
}

const british = { phone: '+447700900123', country: 'GB', timeZone: 'Europe/London' };

describe('a text message to Korea', () => {
  it('carries the words of the law, counted and priced, and is valid until nine in the evening', async () => {
    // Ten o'clock in London is seven in the evening in Seoul.
    const { request } = await somebody({ email: null, phone: '+821012345678' });
    const { channels, deliver } = withAllChannels();
    await expect(deliver([request])).resolves.toMatchObject([{ status: 'sent', channel: 'sms' }]);
    const [outgoing] = channels[1]?.heard ?? [];
    expect(outgoing?.content.text).toMatch(
      /^\(광고\)\[North & Pine\] Still there Stop: .+ 무료수신거부 080-123-4567$/,
    );
    // The shop's own hours end at eight, an hour before the law's.
    expect(outgoing?.validUntil).toBe(Date.parse('2026-11-26T11:00:00Z'));
    const row = await shop.row(request);
    expect(row).toMatchObject({ segments: 3, cost_micros: 3 * 49_400, cost_currency: 'USD' });
    const gate = (name: string) => row.trace.find((each) => each.gate === name)?.saw;
    expect(gate('content')).toMatchObject({ wording: 'KR 2026-11-23', cost: '0.1482 USD', segments: 3 });
    expect(gate('quiet-hours')).toMatchObject({ law: 'KR', version: 'KR 2026-11-23', place: 'number' });
  });

  it('says nothing of the kind to other countries, nor in a receipt', async () => {
    const { request } = await somebody({ ...british, email: null });
    const { channels, deliver } = withAllChannels();
    await deliver([request]);
    expect(channels[1]?.heard[0]?.content.text).toMatch(/^Still there Stop: /);
  });
});

describe('an advertisement by mail to somebody whose country nobody knows', () => {
  const subjectFor = async (markets: readonly string[], fields: { country?: string } = {}) => {
    const { request } = await somebody({ ...fields, phone: null });
    const { channels } = withAllChannels();
    const { renderer, shop: config } = shop.deps;
    await shop.anotherDeliver({ channels, renderer, shop: { ...config, markets } })([request]);
    const content = channels[0]?.heard[0]?.content;
    return content?.channel === 'email' ? content.subject : undefined;
  };

  it('says what the law of any market of the shop wants', async () => {
    expect(await subjectFor(['GB', 'KR'])).toBe('(광고) Still there');
  });

  it('says nothing of the kind where no market wants it, nor when the country is known', async () => {
    expect(await subjectFor(['GB', 'US'])).toBe('Still there');
    expect(await subjectFor(['GB', 'KR'], { country: 'GB' })).toBe('Still there');
  });
});

describe('a message with three channels', () => {
  it('falls back after each proven refusal, and each provider is asked once', async () => {
    await replaceWhatsAppTemplates(shop.db, storableTemplates([approved]), tenOClock);
    const { request } = await somebody({ ...british, phone: '+447700900101' });
    const { channels, deliver } = withAllChannels('email', 'sms');
    await expect(deliver([request])).resolves.toMatchObject([{ status: 'sent', channel: 'whatsapp' }]);
    expect(channels.map(({ heard }) => heard.length)).toEqual([1, 1, 1]);
    await deliver([request]);
    expect(channels.map(({ heard }) => heard.length)).toEqual([1, 1, 1]);
    expect(channels[2]?.heard[0]?.content).toMatchObject({
      channel: 'whatsapp',
      template: contentSid,
      variables: { 1: 'Still there' },
      text: 'Hello Still there, it is still here. Reply STOP to stop.',
    });
  });

  it('fails when all three have refused, and asks nobody again', async () => {
    const { request } = await somebody({ ...british, phone: '+447700900102' });
    const { channels, deliver } = withAllChannels('email', 'sms', 'whatsapp');
    await expect(deliver([request])).resolves.toEqual([{ status: 'failed', code: 'rejected-by-provider' }]);
    await deliver([request]);
    expect(channels.map(({ heard }) => heard.length)).toEqual([1, 1, 1]);
  });
});

describe('by WhatsApp', () => {
  const onlyPhone = { ...british, email: null, preferredChannel: 'whatsapp' } as const;

  it('nothing goes by a template that is not approved any more, and another channel takes its place', async () => {
    await replaceWhatsAppTemplates(
      shop.db,
      storableTemplates([{ ...approved, status: 'paused' }]),
      tenOClock,
    );
    const { request } = await somebody({ ...onlyPhone, phone: '+447700900124' });
    const { deliver } = withAllChannels();
    await expect(deliver([request])).resolves.toMatchObject([{ status: 'sent', channel: 'sms' }]);
  });

  it('free text goes to those who wrote within a day', async () => {
    const { customer, request } = await somebody({ ...onlyPhone, phone: '+447700900125' });
    await shop.db
      .insertInto('inbound')
      .values({
        id: newId(),
        customer_id: customer,
        channel: 'whatsapp',
        address_key: '+447700900125',
        at: timestamp(tenOClock - hour),
        delivery_id: null,
      })
      .execute();
    const { channels, deliver } = withAllChannels();
    await expect(deliver([request])).resolves.toMatchObject([{ status: 'sent', channel: 'whatsapp' }]);
    expect(channels[2]?.heard[0]?.content).not.toHaveProperty('template');
  });
});
