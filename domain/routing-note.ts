/** What an event did to one journey, kept on the event so that `explain` can say why someone was never enrolled. */
export type RoutingNote =
  | { readonly journey: string; readonly effect: 'opened' | 'sealed' | 'woken'; readonly enrolment: string }
  | {
      readonly journey: string;
      readonly effect: 'not-opened';
      readonly because: NotOpenedReason;
      readonly saw?: string;
    };

export const notOpenedSentences = {
  unless: 'the journey leaves out events like this one',
  'already-entered': 'this key has been through the journey and it is entered once per key',
  'still-running': 'this key is in the journey right now',
  'entered-before': 'the customer has been in the journey and it is entered once ever',
  'too-soon': 'the last entry was too short a time ago',
  'too-old': 'the event is older than the journey takes',
  'in-the-future': 'the event says it happens later than now',
  backfill: 'the event is history (backfill)',
  'business-customer': 'the customer is a business and the journey is for consumers',
  'customer-erased': 'the customer was erased',
  overtaken: 'a later event had already ended it',
} as const;

export type NotOpenedReason = keyof typeof notOpenedSentences;

const duration = /^\d+ [a-z]+$/;

/** Why an event began nothing, with what was seen; of one that is too old, the limit. */
export function notOpenedSentence(because: NotOpenedReason, saw: string | undefined): string {
  const sentence = notOpenedSentences[because];
  if (saw === undefined) return sentence;
  // Notes of the past name the event's own time.
  if (because === 'too-old' && duration.test(saw))
    return `the event is older than the ${saw} that the journey takes`;
  return `${sentence} (${saw})`;
}
