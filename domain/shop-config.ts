import type { ChannelName } from './channel-name.ts';
import type { Duration } from './duration.ts';
import type { StandardData } from './standard-data.ts';

/** What `perennial.config.ts` says about the shop: plain data, no secrets (those come from the environment). */
export interface ShopConfig {
  readonly brand: StandardData['brand'];
  /** The shop's own place: the last resort for a customer's zone and country. */
  readonly home: { readonly timeZone: string; readonly country: string };
  readonly senders: {
    readonly email: { readonly name: string; readonly address: string; readonly replyTo?: string };
    readonly sms?: { readonly from: string };
  };
  readonly locales: {
    /** Languages that every message must be written in; the first is the last resort. */
    readonly supported: readonly [string, ...string[]];
  };
  readonly policy: PolicyConfig;
}

export interface PolicyConfig {
  /** Local hours in which marketing may be sent, by channel; a channel that is not listed may be used at any hour. `to` is not included. */
  readonly allowedHours: { readonly [C in ChannelName]?: { readonly from: string; readonly to: string } };
  /** Most marketing messages to one person or address, over all journeys and campaigns but the one that asks. */
  readonly frequencyCaps: readonly { readonly limit: number; readonly per: Duration }[];
}

/** The defaults of the journeys reference, section 2. */
export const defaultPolicy: PolicyConfig = {
  allowedHours: { sms: { from: '10:00', to: '20:00' }, whatsapp: { from: '10:00', to: '20:00' } },
  frequencyCaps: [
    { limit: 1, per: '24 hours' },
    { limit: 3, per: '7 days' },
  ],
};
