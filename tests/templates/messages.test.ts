import { describe, expect, it } from 'vitest';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { previewMessage } from '../../delivery/rendering/preview.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import config from '../../perennial.config.ts';
import { messages } from '../../templates/index.ts';
import { templatesFolder } from '../rendering/sample-shop.ts';

const renderer = createRenderer({ templates: await loadTemplates(templatesFolder) });

describe.each(Object.values(messages))('$name', (message) => {
  it.each(config.locales.supported)('previews as mail and as text message in %s', (language) => {
    const preview = (channel: 'email' | 'sms') =>
      previewMessage({ renderer, message, language, channel, brand: config.brand });
    const mail = preview('email');
    const sms = preview('sms');
    expect(mail).toMatchObject({ channel: 'email', language });
    expect(mail.text).toContain(config.brand.address);
    expect(sms.text).toContain(config.brand.name);
    if (sms.channel !== 'sms') throw new Error('asked for a text message');
    expect(sms.segments).toBeLessThanOrEqual(message.segmentBudget ?? 3);
  });
});

describe.each(Object.values(messages).filter(({ name }) => /^(cart|checkout)-/.test(name)))(
  '$name',
  (message) => {
    it('is marketing by e-mail first, shares the allowance of text messages, and carries no coupon', () => {
      expect(message).toMatchObject({
        purpose: 'marketing',
        class: 'once',
        channels: ['email', 'sms'],
        allowance: { name: 'cart-sms', channel: 'sms', limit: 1, per: '48 hours' },
      });
    });
  },
);

describe('the topics', () => {
  const inUse = new Set(Object.values(messages).flatMap(({ topic }) => topic ?? []));

  it('that customers may choose among are those of the messages, no fewer and no more', () => {
    expect(Object.keys(config.topics ?? {}).sort()).toEqual([...inUse].sort());
  });

  it('have a name in every language of the shop', () => {
    for (const names of Object.values(config.topics ?? {}))
      expect(Object.keys(names)).toEqual(expect.arrayContaining([...config.locales.supported]));
  });
});
