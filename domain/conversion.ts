import { parseDuration, type Duration } from './duration.ts';

/** What counts as a success of a message, and how soon after it. */
export interface ConversionRule {
  /** An order that is paid and of which something is left; a review; a score. */
  readonly counts: 'order' | 'review' | 'feedback';
  /** At the latest so long after the click or the sending, that instant included. */
  readonly within: Duration;
  readonly after: 'click' | 'sending';
}

/** Of all journeys and campaigns, and of single ones by name. */
export interface ConversionRules {
  /** For those that are not named. Default: an order within five days of a click. */
  readonly standard?: ConversionRule;
  readonly byName?: Readonly<Record<string, ConversionRule>>;
}

/** The standard and the exceptions of `journeys.md` 2: carts three days [K26], reviews 14 days [V1–V5], everything else five [K36]. */
const defaultConversions = {
  standard: { counts: 'order', within: '5 days', after: 'click' },
  byName: {
    'abandoned-cart': { counts: 'order', within: '3 days', after: 'click' },
    'abandoned-checkout': { counts: 'order', within: '3 days', after: 'click' },
    // A review by any road is one, so nobody has to have clicked.
    'review-request': { counts: 'review', within: '14 days', after: 'sending' },
  },
} satisfies Required<ConversionRules>;

/** The defaults, with what the shop has said in their place. @throws PerennialError `duration-invalid` */
export function conversionRulesOf(stated: ConversionRules = {}): Required<ConversionRules> {
  const rules = {
    standard: stated.standard ?? defaultConversions.standard,
    byName: { ...defaultConversions.byName, ...stated.byName },
  };
  for (const { within } of [rules.standard, ...Object.values(rules.byName)]) parseDuration(within);
  return rules;
}

const nouns: Record<ConversionRule['counts'], string> = {
  order: 'an order paid',
  review: 'a review given',
  feedback: 'a score given',
};

/** `an order paid within 5 days of a click`. */
export function conversionWords({ counts, within, after }: ConversionRule): string {
  return `${nouns[counts]} within ${within} of ${after === 'click' ? 'a click' : 'the sending'}`;
}
