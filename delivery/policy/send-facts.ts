import type { ChannelName } from '../../domain/channel-name.ts';
import type { CampaignState } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Allowance, Purpose } from '../../domain/message.ts';
import type { PolicyConfig } from '../../domain/shop-config.ts';
import type { Jurisdiction } from './law/law-of.ts';

/** All that the gates may look at: plain values, read once for a whole list. Addresses appear by their key, which is the address in lower case: personal data. */
export interface SendFacts {
  readonly origin: JourneyOrigin | CampaignOrigin;
  readonly customer: {
    readonly id: string;
    readonly erased: boolean;
    readonly business: boolean;
    readonly test: boolean;
    readonly preferredChannel: ChannelName | null;
    readonly locale: string | null;
    /** A local day, `YYYY-MM-DD`: no marketing before it. */
    readonly quietUntil: string | null;
    readonly zones: CustomerZones;
    /** Whose law holds. */
    readonly place: Jurisdiction;
  };
  readonly addresses: { readonly [C in ChannelName]?: AddressFact };
  /** What the provider of WhatsApp says about the shop's templates. */
  readonly templates: readonly TemplateFact[];
  /** Media that the shop has a connection for. */
  readonly connected: readonly ChannelName[];
  readonly consents: readonly ConsentFact[];
  readonly suppressions: readonly SuppressionFact[];
  /** The newest that is open, or was closed lately: `closedAt` is null while any is open. */
  readonly complaint: { readonly closedAt: Instant | null } | null;
  readonly pauses: readonly {
    readonly scope: 'everything' | 'journey' | 'campaign' | 'channel';
    readonly name: string;
  }[];
  /** Pauses that ended with what was overdue being left out. */
  readonly lapses: readonly (SendFacts['pauses'][number] & {
    readonly pausedAt: Instant;
    readonly resumedAt: Instant;
  })[];
  /**
   * What was sent, or may have been, to this person or one of these addresses in the longest window that a gate looks at.
   * An earlier request for the very message that is judged is not among it: it does not stand in its own way.
   */
  readonly sends: readonly PastSend[];
  /** Channels on which the provider refused this very message for good, with its code. */
  readonly refused: { readonly [C in ChannelName]?: string };
}

/** A customer's way through a journey. */
export interface JourneyOrigin {
  readonly kind: 'journey';
  /** Of the enrolment. */
  readonly id: string;
  /** Of the journey. */
  readonly name: string;
  readonly includesBusiness: boolean;
  readonly state: 'open' | 'sealed' | 'closed';
  /** What ended it, in machine words. */
  readonly endedBy: string | null;
}

/** A customer as recipient of one going-out of a campaign. */
export interface CampaignOrigin {
  readonly kind: 'campaign';
  /** Of the recipient. */
  readonly id: string;
  /** Of the campaign. */
  readonly name: string;
  readonly includesBusiness: boolean;
  readonly state: CampaignState;
  /** Null when it has not been launched yet. */
  readonly launchedAt: Instant | null;
  readonly test: boolean;
  readonly holdout: boolean;
  /** Another record of the same person is a recipient, and counts. */
  readonly duplicate: boolean;
  /** Who has ordered since then is left out; null when nobody is. */
  readonly excludesBuyersSince: Instant | null;
  /** Of the customer's newest order since then that was not cancelled. */
  readonly boughtAt: Instant | null;
}

/** Where the customer may be. Several zones when only the country is known: then all of them must agree. */
export interface CustomerZones {
  readonly zones: readonly [string, ...string[]];
  readonly from: 'stated' | 'region' | 'country' | 'shop';
}

export interface AddressFact {
  readonly key: string;
  readonly valid: boolean;
  /** Of a telephone number, by its prefix; `US` for +1 when more is not known. */
  readonly numberCountry?: string | null;
  /** When the customer last wrote to the shop from it, by this channel. */
  readonly heardFromAt?: Instant;
}

export interface TemplateFact {
  readonly name: string;
  readonly language: string;
  /** The provider's id. */
  readonly contentSid: string;
  readonly category: 'marketing' | 'utility';
  readonly status: string;
  /** The text that was approved. */
  readonly body: string;
}

export interface ConsentFact {
  readonly channel: ChannelName;
  /** Empty for all topics. */
  readonly topic: string;
  readonly state: 'granted' | 'withdrawn';
  /** A separate consent to messages at night. */
  readonly night?: boolean;
  readonly at: Instant;
}

export interface SuppressionFact {
  readonly customer: string | null;
  readonly addressKey: string | null;
  readonly channel: ChannelName | null;
  readonly scope: 'marketing' | 'everything';
  readonly reason: string;
}

export interface PastSend {
  /** Its row in the ledger. */
  readonly delivery: string;
  readonly customer: string;
  readonly addressKey: string | null;
  /** The enrolment or the recipient that it was sent for. */
  readonly origin: string;
  readonly channel: ChannelName | null;
  readonly purpose: Purpose;
  readonly allowance: string | null;
  readonly at: Instant;
}

/** A WhatsApp template as the shop wrote it. */
export interface WrittenTemplate {
  readonly language: string;
  readonly name: string;
  readonly body: string;
}

/** One request, ready to be judged. */
export interface SendCase {
  readonly now: Instant;
  /** After this instant the message is not worth sending. */
  readonly usefulUntil: Instant;
  /** When it came due, when each pause began to put it off, and when it came due again after it was put off last. */
  readonly heldAt: readonly Instant[];
  /** Of a campaign's: since when it has waited to be asked for. Its dispatcher asks for nothing while it is paused. */
  readonly waitsSince?: Instant;
  readonly message: {
    readonly purpose: Purpose;
    readonly channels: readonly ChannelName[];
    readonly topic?: string;
    readonly allowance?: Allowance;
    /** Its WhatsApp templates that the customer could read, best language first. */
    readonly whatsApp?: readonly WrittenTemplate[];
  };
  readonly policy: PolicyConfig;
  readonly facts: SendFacts;
}
