import { defaultPolicy, type ShopConfig } from './domain/shop-config.ts';

/** The shop. Change it, and every message, gate and preview follows. Secrets come from the environment, never from here. */
const config: ShopConfig = {
  brand: {
    name: 'North & Pine',
    url: 'https://shop.example',
    address: 'North & Pine Ltd, 12 Harbour Street, London E1 6AN, United Kingdom',
    email: 'hello@shop.example',
    colour: '#1f5c46',
  },
  home: { timeZone: 'Europe/London', country: 'GB' },
  senders: {
    email: { name: 'North & Pine', address: 'hello@shop.example' },
    sms: { from: 'NORTHPINE' },
  },
  locales: { supported: ['en', 'ko'] },
  policy: defaultPolicy,
};

export default config;
