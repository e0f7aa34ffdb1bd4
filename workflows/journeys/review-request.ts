import { defineJourney, question } from '../journey.ts';
import { timeToTry } from './time-to-try.ts';

/** Once what was bought has been tried: one request for a review of the whole order, and one reminder. */
export const reviewRequest = defineJourney(
  {
    name: 'review-request',
    version: 1,
    // Not on the delivery: a carrier may never tell of it.
    startsOn: 'order.shipped',
    key: (parcel) => parcel.order,
    endsOn: [
      'review.submitted',
      'return.opened',
      'complaint.opened',
      'feedback.submitted',
      'order.cancelled',
      'order.refunded',
    ],
    wakesOn: ['order.delivered'],
    matches: {
      'review.submitted': (review) => review.order,
      'return.opened': (back) => back.order,
      // Somebody who is not content is asked by a person, not by us.
      'feedback.submitted': ({ order, score }) => (score <= 3 ? order : undefined),
      'order.cancelled': ({ order }) => order,
      'order.refunded': ({ order, over }) => (over === undefined ? undefined : order),
    },
    reentry: 'once-per-key',
  },
  async ({ order }, { collect, ask, sleep, send, exit }) => {
    // The parcels of one order are asked about together.
    const parcels = await collect('order.delivered', {
      for: '14 days',
      until: (parcel) => parcel.deliveredAll,
    });
    if (parcels.length > 0) await sleep(timeToTry(await ask(question('order.kinds', { order }))));

    const request = await send('review-request', { order });
    if (request.status === 'skipped') return exit(request.reason);

    await sleep('7 days');
    const reminder = await send('review-reminder', { order });
    if (reminder.status === 'skipped') return exit(reminder.reason);

    return exit('not-reviewed');
  },
);
