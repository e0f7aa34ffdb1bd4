import type { ChannelName } from './channel-name.ts';
import type { Instant } from './instant.ts';

/** Every reason for which a message is not sent, in machine words; `reasonSentences` has the human ones. */
export const reasonSentences = {
  'journey-ended': 'the journey had ended for this customer',
  'campaign-not-running': 'the campaign was not running: not begun, over or cancelled',
  holdout: 'the customer is in the group that is left out to measure the campaign',
  'bought-already': 'the customer had ordered since the campaign was launched',
  'duplicate-recipient': 'another record of the same person is a recipient already',
  'no-longer-useful': 'the message was no longer useful',
  'customer-erased': 'the customer was erased',
  'business-customer': 'the customer is a business and the journey is for consumers',
  unreachable: 'there is no address for any of its channels',
  'no-consent': 'there is no consent for the channel and purpose',
  suppressed: 'the person or the address is suppressed',
  'not-allowed-there': 'no marketing may go by its channel to numbers of that country',
  'template-not-approved':
    'WhatsApp has not approved its words, and the customer had not written within a day',
  'not-on-allow-list': 'this installation writes only to the addresses on its allow-list',
  'quiet-hours': 'the quiet hours would have lasted until it was no longer useful',
  'frequency-cap': 'the frequency cap would have held it until it was no longer useful',
  'allowance-spent': 'the allowance of its channel was spent until it was no longer useful',
  'complaint-open': 'a complaint of the customer would have held it until it was no longer useful',
  paused: 'it was paused until it was no longer useful',
  'left-out-after-pause': 'it came due during a pause, and whoever ended the pause left out what was overdue',
  'provider-busy': 'the provider would not take it until it was no longer useful',
  'nothing-to-say': 'there was nothing left to say: what it is about is gone, over or cannot be bought',
} as const;

export type SkipReason = keyof typeof reasonSentences;

/** What holds a message back for a while, in human words; every other reason is final. */
export const waitingSentences: { readonly [R in SkipReason]?: string } = {
  'quiet-hours': 'quiet hours where the customer is',
  'frequency-cap': 'the customer has had as many messages as the frequency cap allows',
  'allowance-spent': 'the allowance of its channel is spent for now',
  'complaint-open': 'the customer has a complaint that is open or was closed less than a week ago',
  paused: 'it is paused',
  'provider-busy': 'the provider would not take it yet',
};

/** Final failures that are nobody's wish: each is listed, none is silent. */
export type FailureCode = 'rejected-by-provider' | 'rendering-failed' | 'message-unknown' | 'input-invalid';

/** What a gate says: let it pass, wait until an instant, or never. */
export type Verdict =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'defer'; readonly until: Instant; readonly reason: SkipReason }
  | { readonly verdict: 'skip'; readonly reason: SkipReason };

/** What came of a step after the gates, when it came to nothing: writing the message, or finding it at all. */
export interface Breakdown {
  readonly verdict: 'fail';
  readonly code: FailureCode;
}

/** One gate's verdict with the value it saw, kept on the ledger row and printed by `explain`. */
export type GateTrace = (Verdict | Breakdown) & {
  readonly gate: string;
  /** Set by gates that judge one channel. */
  readonly channel?: ChannelName;
  /** The values it looked at, short and without addresses. */
  readonly saw: Readonly<Record<string, string | number | boolean | null>>;
};

/** A message somebody wants to send. A journey sends a list of one, a campaign a list of a thousand. */
export type SendRequest = JourneySend | CampaignSend;

export interface JourneySend extends SendRequestTerms {
  readonly enrolment: string;
}

export interface CampaignSend extends SendRequestTerms {
  /** Id of a row of `campaign_recipients`: one customer in one going-out of a campaign. */
  readonly recipient: string;
}

/** What would become of a message if it were due now, without sending it. */
export interface JudgedSend {
  readonly verdict: 'send' | 'defer' | 'skip';
  readonly channel: string | null;
  readonly reason: SkipReason | null;
  /** The language it would be written in. */
  readonly language: string;
}

interface SendRequestTerms {
  /** Enrolment or recipient, and step: unique for good. */
  readonly sendKey: string;
  /** The message's name with its occurrence, such as `cart-reminder#1`. */
  readonly step: string;
  readonly message: string;
  readonly input: unknown;
  /** When the step first became due; usefulness counts from here. */
  readonly dueAt: Instant;
}

/** The closed answer to a request. A story never sees `deferred`: its runtime waits and asks again. */
export type SendOutcome =
  | { readonly status: 'sent'; readonly channel: ChannelName; readonly delivery: string }
  | { readonly status: 'skipped'; readonly reason: SkipReason }
  | { readonly status: 'deferred'; readonly until: Instant; readonly reason: SkipReason }
  | { readonly status: 'failed'; readonly code: FailureCode }
  /** It may or may not have arrived; it is listed and settled by evidence, and not sent again when its class is `once`. */
  | { readonly status: 'unknown' };

/** States of a ledger row. `sending` is the point of no return. */
export const deliveryStates = ['deferred', 'skipped', 'sending', 'accepted', 'failed', 'unknown'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** States of one going-out of a campaign. Only a running one sends. */
export type CampaignState = 'running' | 'done' | 'cancelled';

/** @param origin the enrolment or the recipient */
export function sendKeyOf(origin: string, step: string): string {
  return `${origin}/${step}`;
}

/** The enrolment or the recipient for which a message is sent; their ids never meet. */
export function originOf(request: SendRequest): string {
  return 'recipient' in request ? request.recipient : request.enrolment;
}
