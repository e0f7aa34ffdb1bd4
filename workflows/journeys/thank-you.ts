import { defineJourney } from '../journey.ts';

/** Thanks an hour after an order was paid, once a day; three days after a first order, how to get the most out of it. */
export const thankYou = defineJourney(
  {
    name: 'thank-you',
    version: 1,
    startsOn: 'order.paid',
    // One in ten orders follows another within a day, and two thanks for one evening would be one too many.
    key: (order) => `${order.customer}/${order.day}`,
    startsAfter: '1 hour',
    endsOn: ['order.cancelled', 'order.refunded'],
    concerns: {
      'order.cancelled': (order, thanked) => order.order === thanked.order,
      // A refund of some of it leaves something to be thankful for.
      'order.refunded': (order, thanked) => order.order === thanked.order && order.over !== undefined,
    },
    reentry: 'once-per-key',
    // Cancelled and ordered anew on the same day: thanks for the new one.
    reopensAfter: ['order.cancelled', 'order.refunded'],
  },
  async (order, { send, sleep, exit }) => {
    const isFirst = order.number === 1;
    const thanks = await send(isFirst ? 'thank-you-first' : 'thank-you-again', { order: order.order });
    if (thanks.status === 'skipped') return exit(thanks.reason);
    if (!isFirst) return exit('thanked');

    await sleep('3 days');
    const guide = await send('first-order-guide', { order: order.order });
    if (guide.status === 'skipped') return exit(guide.reason);

    return exit('guided');
  },
);
