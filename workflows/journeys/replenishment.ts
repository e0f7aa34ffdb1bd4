import { defineJourney } from '../journey.ts';
import { buysAllAgain, mostMessages, suppliesOf } from './replenishment-parts.ts';

/** Before what was delivered is used up: a reminder, a last one ten days later, and an invitation to have it come by itself. */
export const replenishment = defineJourney(
  {
    name: 'replenishment',
    version: 1,
    startsOn: 'order.delivered',
    // By order, not by product: an order of fourteen lines is one run and not fourteen.
    key: (parcel) => parcel.order,
    // What is given away is used up by somebody else.
    unless: (parcel) => parcel.lines.every((line) => line.gift),
    endsOn: ['order.placed', 'order.cancelled', 'order.refunded'],
    wakesOn: ['order.delivered'],
    concerns: {
      'order.placed': buysAllAgain,
      'order.cancelled': (order, parcel) => order.order === parcel.order,
      'order.refunded': (order, parcel) => order.order === parcel.order && order.over !== undefined,
    },
    reentry: 'once-per-key',
  },
  async (parcel, { collect, ask, sleepUntil, send, exit }) => {
    // What is still on its way is planned together with what has come.
    if (!parcel.deliveredAll) {
      await collect('order.delivered', { for: '5 days', until: (later) => later.deliveredAll });
    }

    let supplies = await ask(suppliesOf(parcel));
    for (let turn = 0; supplies.next && turn < mostMessages; turn += 1) {
      const { message, at } = supplies.next;
      await sleepUntil(at);
      // It speaks of all that is due within five days, of other orders too, and is silent about what was spoken of.
      await send(message, { order: parcel.order });
      supplies = await ask(suppliesOf(parcel, { after: at }));
    }
    return exit(supplies.over ?? 'not-bought-again');
  },
);
