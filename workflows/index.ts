export { campaignDispatcher as campaign } from './campaign-dispatcher.ts';
export { abandonedCart as 'abandoned-cart@1' } from './journeys/abandoned-cart.ts';
export { abandonedCheckout as 'abandoned-checkout@1' } from './journeys/abandoned-checkout.ts';
