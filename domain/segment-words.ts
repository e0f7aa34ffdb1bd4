import { toIso } from './instant.ts';
import type { Segment, SegmentTerms, When } from './segment.ts';

/** Who is meant, in a sentence: `consumers in KR who agreed to e-mail and ordered in the last 365 days`. */
export function wordsForSegment(segment: Segment): string {
  switch (segment.kind) {
    case 'terms':
      return wordsForTerms(segment.terms);
    case 'all':
      return segment.of.map(wordsInside).join(', and also ');
    case 'any':
      return segment.of.map(wordsInside).join(', or ');
    case 'not':
      return `everybody but ${wordsInside(segment.of)}`;
    default:
      return segment satisfies never;
  }
}

function wordsInside(segment: Segment): string {
  const words = wordsForSegment(segment);
  return segment.kind === 'terms' ? words : `(${words})`;
}

function wordsForTerms(terms: SegmentTerms): string {
  const who = terms.business === true ? 'businesses' : 'consumers';
  const where = terms.country === undefined ? '' : ` in ${listed(terms.country)}`;
  const deeds = deedsOf(terms);
  return `${who}${where}${deeds.length === 0 ? '' : ` who ${deeds.join(' and ')}`}`;
}

function deedsOf({
  language,
  consent,
  bought,
  notBought,
  orders,
  spent,
  boughtCategory,
}: SegmentTerms): string[] {
  return [
    language === undefined ? '' : `read ${listed(language)}`,
    consent === undefined ? '' : `agreed to ${listed(consent)}`,
    bought === undefined ? '' : `ordered ${wordsForWhen(bought)}`,
    notBought === undefined ? '' : `did not order ${wordsForWhen(notBought)}`,
    orders === undefined ? '' : `paid at least ${orders.atLeast} orders${within(orders.within)}`,
    spent === undefined
      ? ''
      : `paid at least ${spent.atLeast.amount} ${spent.atLeast.currency} in minor units${within(spent.within)}`,
    boughtCategory === undefined ? '' : `bought ${boughtCategory.category}${within(boughtCategory.within)}`,
  ].filter((deed) => deed !== '');
}

function listed(items: string | readonly string[]): string {
  return typeof items === 'string' ? items : items.join(' or ');
}

function within(duration: string | undefined): string {
  return duration === undefined ? '' : ` in the last ${duration}`;
}

function wordsForWhen(when: When): string {
  if (when === 'ever') return 'ever';
  if ('within' in when) return `in the last ${when.within}`;
  return `since ${typeof when.since === 'number' ? toIso(when.since) : when.since}`;
}
