import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { printable, shopId } from './fields.ts';

/** One to five, five is best. */
const stars = z.int().min(1).max(5);
/** What the customer wrote. Kept in the event only, and gone when the customer is erased. */
const words = z.string().max(4000).optional();
const matter = z.strictObject({ id: shopId, topic: printable.max(120).optional() });
const matterExample = { id: 'ticket-12', topic: 'broken on arrival' };

export const satisfactionEvents = {
  'feedback.submitted': defineEvent({
    data: z.strictObject({ orderId: shopId, score: stars, comment: words }),
    fact: 'feedback',
    about: 'customer',
    example: { orderId: 'o-501', score: 4 },
  }),
  'review.submitted': defineEvent({
    data: z.strictObject({
      /** The shop's id of the review: a later event with the same id is an edit of it. */
      reviewId: shopId.optional(),
      /** Left out for a review on the product's page: it is then about the newest order that has the variant. */
      orderId: shopId.optional(),
      /** The shop's id of the order line. */
      line: shopId.optional(),
      variant: shopId.optional(),
      stars,
      text: words,
    }),
    fact: 'review',
    about: 'customer',
    example: { orderId: 'o-501', variant: '85123A', stars: 5 },
  }),
  'complaint.opened': defineEvent({
    data: matter,
    fact: 'complaint',
    about: 'customer',
    example: matterExample,
  }),
  'complaint.closed': defineEvent({
    data: matter,
    fact: 'complaint',
    about: 'customer',
    example: matterExample,
  }),
  /** A case at the service desk is over, whether or not it was a complaint; one of the same id is closed with it. */
  'ticket.closed': defineEvent({
    data: matter,
    fact: 'complaint',
    about: 'customer',
    example: matterExample,
  }),
};
