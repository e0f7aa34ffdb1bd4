export { campaignDispatcher as campaign } from './campaign-dispatcher.ts';
export { abandonedCart as 'abandoned-cart@1' } from './journeys/abandoned-cart.ts';
export { abandonedCheckout as 'abandoned-checkout@1' } from './journeys/abandoned-checkout.ts';
export { postHolidayRecap as 'post-holiday-recap@1' } from './journeys/post-holiday-recap.ts';
export { replenishment as 'replenishment@1' } from './journeys/replenishment.ts';
export { reviewRequest as 'review-request@1' } from './journeys/review-request.ts';
export { thankYou as 'thank-you@1' } from './journeys/thank-you.ts';
