import { parseDuration, type Duration } from './duration.ts';

/** How long what is kept for people to look at stays, from when it came in. `'for good'`: it is never removed. */
export type KeptFor = Duration | 'for good';

/**
 * What a shop keeps, and for how long. None of it decides anything any more: what journeys, caps, reports and repeats go
 * by is kept for as long as the shop (`docs/guides/what-is-kept.md`).
 */
export interface Retention {
  /** What the shop told with an event: names, addresses, cart contents. Not the words of consents, which are proof. */
  readonly events: KeptFor;
  /** What customers wrote to the shop, and from which number when. At least two days: WhatsApp may be answered for one. */
  readonly replies: KeptFor;
  /** What each gate saw when a message was sent, put off or left out, and what a provider said about a lost answer. */
  readonly decisions: KeptFor;
  /** That a receipt had its effect. At least as long as a provider's signature is believed; without a date, for good. */
  readonly receipts: KeptFor;
}

/** A connection whose receipts carry the instant of their signature, so that old ones are refused. */
export interface DatedConnection {
  readonly connection: string;
  /** How old a signature is believed to be genuine, in milliseconds. */
  readonly believedForMs: number;
}

/**
 * - Decisions: three years, since Korean authorities may ask for them (Network Act 50-9; providers reference 6.3).
 * - Receipts: providers repeat them for three days at most (providers reference 4.1).
 * - Events and replies: our choice, for no law that we know names a time, and the GDPR wants one (article 5(1)(e)): a year
 *   and a month, so that a season can be looked at beside the one before, and half a year.
 */
export const defaultRetention: Retention = {
  events: '400 days',
  replies: '180 days',
  decisions: '1096 days',
  receipts: '30 days',
};

/**
 * In milliseconds; nothing for what stays for good.
 *
 * @throws PerennialError `duration-invalid`
 */
export function periodOf(kept: KeptFor): number | undefined {
  return kept === 'for good' ? undefined : parseDuration(kept);
}
