export { campaignDispatcher as campaign } from './campaign-dispatcher.ts';
export { abandonedCart as 'abandoned-cart@1' } from './journeys/abandoned-cart.ts';
export { abandonedCheckout as 'abandoned-checkout@1' } from './journeys/abandoned-checkout.ts';
export { reviewRequest as 'review-request@1' } from './journeys/review-request.ts';
export { thankYou as 'thank-you@1' } from './journeys/thank-you.ts';
