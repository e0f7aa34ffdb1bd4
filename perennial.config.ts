import { defaultPolicy, type ShopConfig } from './domain/shop-config.ts';

/** The shop. Change it, and every message, gate and preview follows. Secrets come from the environment, never from here. */
const config: ShopConfig = {
  brand: {
    name: 'North & Pine',
    url: 'https://shop.example',
    address: 'North & Pine Ltd, 12 Harbour Street, London E1 6AN, United Kingdom',
    email: 'hello@shop.example',
    phone: '+44 20 7946 0123',
    colour: '#1f5c46',
  },
  home: { timeZone: 'Europe/London', country: 'GB' },
  senders: {
    email: { name: 'North & Pine', address: 'hello@shop.example' },
    sms: { from: 'NORTHPINE', refusal080: '080-123-4567' },
  },
  locales: { supported: ['en', 'ko'] },
  markets: ['GB', 'KR', 'US'],
  // Examples: put in what your provider charges.
  prices: {
    currency: 'USD',
    smsSegment: { GB: 0.0524, KR: 0.0494, US: 0.0083 },
    smsSegmentElsewhere: 0.1,
  },
  // What the preference page offers; messages name their topic.
  topics: {
    cart: { en: 'Reminders of your basket', ko: '장바구니 알림' },
    offers: { en: 'Offers and holidays', ko: '할인과 명절 소식' },
    reviews: { en: 'Questions about what you bought', ko: '구매하신 상품의 후기 요청' },
    thanks: { en: 'Tips for what you bought', ko: '구매하신 상품 활용법' },
    replenishment: { en: 'Reminders to buy again', ko: '재구매 알림' },
    season: { en: 'After the holidays', ko: '연말연시 이후 소식' },
  },
  // Hours, caps, and how long what nobody needs any more is kept: { ...defaultPolicy, retention: { replies: '90 days' } }.
  policy: defaultPolicy,
};

export default config;
