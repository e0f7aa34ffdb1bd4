import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { country, dayOfYear, email, instant, locale, name, phone, shopId, timeZone } from './fields.ts';

const profile = {
  email: email.optional(),
  phone: phone.optional(),
  givenName: name.optional(),
  familyName: name.optional(),
  locale: locale.optional(),
  timeZone: timeZone.optional(),
  country: country.optional(),
  region: z.string().max(16).optional(),
  kind: z.enum(['consumer', 'business']).optional(),
  /** Dates a journey may start on, by name: `{ "birthday": "1990-05-01" }`. */
  dates: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), dayOfYear).optional(),
};

export const customerEvents = {
  'customer.subscribed': defineEvent({
    data: z.strictObject({ source: z.string().max(80), ...profile }),
    fact: 'customer',
    about: 'customer',
    example: { source: 'footer form', email: 'mina@example.com', locale: 'ko-KR' },
  }),
  'customer.identified': defineEvent({
    data: z.strictObject({ anonymousId: shopId, customerId: shopId, ...profile }),
    fact: 'customer',
    about: 'customer',
    example: { anonymousId: 'anon-81', customerId: 'c-1001', email: 'mina@example.com' },
  }),
  'customer.merged': defineEvent({
    data: z.strictObject({ from: shopId, into: shopId }),
    fact: 'customer',
    about: 'shop',
    example: { from: 'c-1002', into: 'c-1001' },
  }),
  'customer.updated': defineEvent({
    data: z.strictObject(profile),
    fact: 'customer',
    about: 'customer',
    example: { email: 'mina@example.com', givenName: 'Mina', locale: 'en-GB', timeZone: 'Europe/London' },
  }),
  'customer.erased': defineEvent({
    data: z.strictObject({ requestedAt: instant.optional() }),
    fact: 'customer',
    about: 'customer',
    example: {},
  }),
};
