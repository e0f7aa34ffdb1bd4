import { date } from './date.ts';
import { followedUrl } from './followed-url.ts';
import { inkOn } from './ink-on.ts';
import { money } from './money.ts';
import { or } from './or.ts';
import { particle } from './particle.ts';
import { plural } from './plural.ts';
import { shorten } from './shorten.ts';
import type { TemplateHelper } from './template-helper.ts';
import { url } from './url.ts';

/** Every helper that a template may call, besides Handlebars' own `if`, `unless`, `each` and `with`. */
export const templateHelpers: Readonly<Record<string, TemplateHelper>> = {
  date,
  inkOn,
  money,
  or,
  particle,
  plural,
  shorten,
  url,
};

/** What compiled templates may call: those, and what the compiler puts in their place. */
export const compiledHelpers: Readonly<Record<string, TemplateHelper>> = { ...templateHelpers, followedUrl };
