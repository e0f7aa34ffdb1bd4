import type { ChannelName } from './channel-name.ts';
import type { ConversionRules } from './conversion.ts';
import type { Duration } from './duration.ts';
import type { RateLimits } from './rate-limits.ts';
import { defaultRetention, type Retention } from './retention.ts';
import type { StandardData } from './standard-data.ts';

/** What `perennial.config.ts` says about the shop: plain data, no secrets (those come from the environment). */
export interface ShopConfig {
  readonly brand: StandardData['brand'];
  /** The shop's own place: the last resort for a customer's zone and country. */
  readonly home: { readonly timeZone: string; readonly country: string };
  readonly senders: {
    readonly email: { readonly name: string; readonly address: string; readonly replyTo?: string };
    readonly sms?: {
      readonly from: string;
      /** The number at which Koreans refuse advertisements free of charge, such as `080-123-4567`; else the link in the message. */
      readonly refusal080?: string;
      /** Says that following the link in a text message costs Koreans nothing, where there is no such number. */
      readonly refusalByLink?: true;
    };
  };
  readonly locales: {
    /** Languages that every message must be written in; the first is the last resort. */
    readonly supported: readonly [string, ...string[]];
  };
  /**
   * Countries whose customers are written to (ISO 3166-1 alpha-2), so that `perennial check` asks for what their laws
   * want; default the home country. Somebody from elsewhere still gets what the law there wants, and somebody whose country
   * nobody knows gets what the laws of all of these want.
   */
  readonly markets?: readonly string[];
  /** What a text message costs, for estimates. */
  readonly prices?: Prices;
  /**
   * The most messages that a connection may be asked to send in any second, by all workers together, such as
   * `{ sendgrid: { perSecond: 100 }, 'twilio-sms': { perSecond: 1 } }`. Without one there is no limit.
   */
  readonly limits?: RateLimits;
  /**
   * What customers may choose among on their preference page, in each language: the `topic` of messages, such as
   * `{ cart: { en: 'Your basket', ko: '장바구니' } }`. In the order of the page; a topic that is not listed is not offered.
   */
  readonly topics?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * `scheduled`: every worker that starts sets the Schedules of the campaigns in `workflows/campaigns/`, and they go out on
   * their days. Without it, only `perennial campaign schedule` and `launch` do: the campaigns that come with Perennial are
   * examples.
   */
  readonly campaigns?: 'scheduled';
  /** What is learned from the links in marketing. */
  readonly tracking?: TrackingConfig;
  /** What reports count as a conversion, where it is not the standard of `domain/conversion.ts`. */
  readonly conversions?: ConversionRules;
  readonly policy: PolicyConfig;
}

export interface TrackingConfig {
  /**
   * Links to the shop lead over `PUBLIC_URL`, so that reports and journeys know who followed them. Default true. Opens are
   * never tracked: that wants a consent of its own (providers reference 6.2).
   */
  readonly clicks?: boolean;
  /** Hosts that such links may lead to, each with its subdomains. Default: the host of `brand.url`, without `www.` */
  readonly domains?: readonly string[];
}

export interface Prices {
  /** ISO 4217. */
  readonly currency: string;
  /** Per segment, in the currency's main unit (`0.0083` dollars), by the country of the number. */
  readonly smsSegment: Readonly<Record<string, number>>;
  /** For countries that are not listed; without it there is no estimate for them. */
  readonly smsSegmentElsewhere?: number;
}

export interface PolicyConfig {
  /** Local hours in which marketing may be sent, by channel; a channel that is not listed may be used at any hour. `to` is not included. The law of the customer's place can only narrow them. */
  readonly allowedHours: { readonly [C in ChannelName]?: { readonly from: string; readonly to: string } };
  /** Most marketing messages to one person or address, over all journeys and campaigns but the one that asks. */
  readonly frequencyCaps: readonly { readonly limit: number; readonly per: Duration }[];
  /**
   * How many messages of each frequency cap a campaign leaves to journeys: with 1, a campaign fills two of three in a
   * week. A campaign may always fill one. Default 1.
   */
  readonly campaignHeadRoom?: number;
  /**
   * For staging: the only addresses that are written to, such as `mina@example.com`, `@shop.example` (a whole domain) or
   * `+821012345678`. Everybody else is skipped with the reason `not-on-allow-list`. Without it, all are written to.
   */
  readonly onlyTo?: readonly string[];
  /** How long what nobody needs any more is kept. Default `defaultRetention`, also for each of them alone. */
  readonly retention?: Partial<Retention>;
}

/** The defaults of the journeys reference, section 2. */
export const defaultPolicy: PolicyConfig = {
  allowedHours: { sms: { from: '10:00', to: '20:00' }, whatsapp: { from: '10:00', to: '20:00' } },
  frequencyCaps: [
    { limit: 1, per: '24 hours' },
    { limit: 3, per: '7 days' },
  ],
  retention: defaultRetention,
};
