import * as z from 'zod';
import { defineEvent } from './define-event.ts';

/** The delivery's id, as it stood in the link or in the provider's receipt. */
const sendId = z.uuid();

export const messageEvents = {
  'message.clicked': defineEvent({
    data: z.strictObject({ sendId }),
    fact: 'message',
    about: 'shop',
    example: { sendId: '0192f1f0-0000-7000-8000-000000000001' },
  }),
  'message.replied': defineEvent({
    data: z.strictObject({ sendId, text: z.string().max(4000) }),
    fact: 'message',
    about: 'shop',
    example: { sendId: '0192f1f0-0000-7000-8000-000000000001', text: 'Is it still there?' },
  }),
  'message.bounced': defineEvent({
    data: z.strictObject({ sendId, kind: z.enum(['hard', 'soft']) }),
    fact: 'message',
    about: 'shop',
    example: { sendId: '0192f1f0-0000-7000-8000-000000000001', kind: 'hard' },
  }),
  'message.complained': defineEvent({
    data: z.strictObject({ sendId }),
    fact: 'message',
    about: 'shop',
    example: { sendId: '0192f1f0-0000-7000-8000-000000000001' },
  }),
};
