import { remembered } from '../remembered.ts';
import type { TemplateHelper } from './template-helper.ts';

interface Counting {
  readonly rule: (count: number) => string;
  readonly written: (count: number) => string;
}

const countings = new Map<string, Counting>();

/** `{{plural more one="# more item" other="# more items"}}`: the words for a number in its locale, `#` standing for the number. */
export const plural: TemplateHelper = {
  takes: ['number'],
  named: ['other'],
  example: '{{plural more one="# more item" other="# more items"}}',
  run: ([count], { locale, named }) => {
    if (typeof count !== 'number') throw new Error('plural needs a number');
    const { rule, written } = countingIn(locale);
    const words = named[rule(count)] ?? named['other'];
    if (typeof words !== 'string') throw new Error('plural needs other="…"');
    return words.replaceAll('#', written(count));
  },
};

function countingIn(locale: string): Counting {
  const known = countings.get(locale);
  if (known !== undefined) return known;
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const made = {
    rule: remembered((count: number) => rules.select(count)),
    written: remembered((count: number) => numbers.format(count)),
  };
  countings.set(locale, made);
  return made;
}
