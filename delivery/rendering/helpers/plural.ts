import type { TemplateHelper } from './template-helper.ts';

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();

/** `{{plural more one="# more item" other="# more items"}}`: the words for a number in its locale, `#` standing for the number. */
export const plural: TemplateHelper = {
  takes: ['number'],
  named: ['other'],
  example: '{{plural more one="# more item" other="# more items"}}',
  run: ([count], { locale, named }) => {
    if (typeof count !== 'number') throw new Error('plural needs a number');
    const words = named[ruleOf(locale).select(count)] ?? named['other'];
    if (typeof words !== 'string') throw new Error('plural needs other="…"');
    return words.replaceAll('#', numberFormatOf(locale).format(count));
  },
};

function ruleOf(locale: string): Intl.PluralRules {
  const known = rules.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.PluralRules(locale);
  rules.set(locale, made);
  return made;
}

function numberFormatOf(locale: string): Intl.NumberFormat {
  const known = numbers.get(locale);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale);
  numbers.set(locale, made);
  return made;
}
