import * as z from 'zod';
import { channelNames } from '../channel-name.ts';
import { defineEvent } from './define-event.ts';
import { day, locale } from './fields.ts';

export const consentEvents = {
  'consent.changed': defineEvent({
    data: z.strictObject({
      channel: z.enum([...channelNames, 'all']),
      purpose: z.enum(['marketing']),
      topic: z.string().max(60).optional(),
      state: z.enum(['granted', 'withdrawn']),
      /** On what ground: a ticked box, an order of similar goods, an unsubscribe link. */
      basis: z.string().max(80),
      /** The words that were agreed to, or their version. */
      wording: z.string().max(2000).optional(),
      /** Separate consent to messages at night (Korea, Network Act art. 50(3)). */
      night: z.boolean().optional(),
    }),
    fact: 'customer',
    about: 'customer',
    example: {
      channel: 'email',
      purpose: 'marketing',
      state: 'granted',
      basis: 'checkout box',
      wording: 'v3',
    },
  }),
  'preference.updated': defineEvent({
    data: z.strictObject({
      locale: locale.optional(),
      /** The channel that the customer likes best. */
      channel: z.enum(channelNames).optional(),
      /** No marketing before this day. */
      quietUntil: day.optional(),
    }),
    fact: 'customer',
    about: 'customer',
    example: { channel: 'sms', locale: 'ko-KR' },
  }),
};
