import { defineJourney } from '../journey.ts';
import { daysAfter, isRegular, seasonInstants } from './post-holiday-parts.ts';

/** For those who bought in a holiday season: thanks, care, a look back when it is over, and an offer if they have not come back. */
export const postHolidayRecap = defineJourney(
  {
    name: 'post-holiday-recap',
    version: 1,
    startsOn: 'order.paid',
    // However often somebody buys in a season, it is one season.
    key: (order) => `${order.customer}/${order.season}`,
    unless: (order) => order.season === undefined,
    startsAfter: '72 hours',
    endsOn: ['return.opened', 'order.cancelled', 'order.refunded'],
    // Who sends anything back is left alone, whichever order it was.
    concerns: {
      'order.cancelled': (order, first) => order.order === first.order,
      'order.refunded': (order, first) => order.order === first.order && order.over !== undefined,
    },
    reentry: 'once-per-key',
    // Another order of the season may take its place.
    reopensAfter: ['order.cancelled', 'order.refunded'],
  },
  async (order, { ask, sleepUntil, send, exit }) => {
    const { order: id, season = '' } = order;
    await send('holiday-thanks', { order: id });

    await sleepUntil(daysAfter(order, 10));
    await send('holiday-care', { order: id });

    const { recapAt, offerAt, overAt } = await ask(seasonInstants(season));
    // An order of the last days of the year is looked after first.
    await sleepUntil(Math.max(recapAt, daysAfter(order, 11)));
    await send('holiday-recap', { order: id, season });

    await sleepUntil(offerAt);
    if ((await ask(isRegular(overAt))).count > 0) return exit('bought-again');
    const offer = await send('holiday-offer', { order: id, season });
    return exit(offer.status === 'skipped' ? offer.reason : 'offered');
  },
);
