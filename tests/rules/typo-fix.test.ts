import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import type { LiveCart } from '../../domain/message.ts';
import { newId } from '../../store/new-id.ts';
import { pause, resume } from '../../store/pauses.ts';
import { messages } from '../../templates/index.ts';
import { openDeliveryShop, requestOf, tenOClock, type DeliveryShop } from '../delivery/delivery-shop.ts';
import { copyTemplates, type TemplatesCopy } from '../rendering/sample-shop.ts';

const price = { amount: 450, currency: 'GBP' };
const cart: LiveCart = {
  state: 'open',
  lines: [{ variant: 'mug', title: 'A mug', quantity: 1, price, seenPrice: price, available: true }],
};
const everything = { scope: 'everything' } as const;

let shop: DeliveryShop;
let templates: TemplatesCopy;
let cache: string;
beforeAll(async () => {
  shop = await openDeliveryShop({ messages });
  templates = await copyTemplates();
  cache = await mkdtemp(join(tmpdir(), 'perennial-cache-'));
});
afterAll(async () => {
  await shop.close();
  await templates.dispose();
  await rm(cache, { recursive: true });
});

/** A worker that starts now, with the words as they are now. */
async function startWorker() {
  const compiled = await loadTemplates(templates.folder, { cacheFile: join(cache, 'templates.json') });
  return shop.anotherDeliver({
    renderer: createRenderer({ templates: compiled }),
    read: { ...shop.deps.read, cart: async () => cart },
  });
}

it('a word that is corrected while somebody waits for the message is corrected for them', async () => {
  const enrolment = await shop.enrolment(await shop.customer({ givenName: 'Mina' }));
  const request = requestOf(enrolment, { message: 'cart-reminder', input: { cart: newId() } });
  await pause(shop.db, everything, { at: tenOClock });
  const before = await startWorker();
  expect(await before([request])).toMatchObject([{ status: 'deferred', reason: 'paused' }]);

  await templates.edit('cart-reminder/en/email.mjml', 'Still thinking it over?', 'Still thinking about it?');
  const after = await startWorker();
  await resume(shop.db, everything);
  expect(await after([request])).toMatchObject([{ status: 'sent', channel: 'email' }]);

  const [letter] = shop.email.heard;
  expect(shop.email.heard).toHaveLength(1);
  expect(letter?.content).toMatchObject({ html: expect.stringContaining('Still thinking about it?') });
  expect(letter?.content).toMatchObject({ html: expect.not.stringContaining('thinking it over') });
});
