import type { TemplateHelper } from './template-helper.ts';
import { url } from './url.ts';

/** What `{{url …}}` becomes where it can be followed; templates do not write it themselves (see `followed-links.ts`). */
export const followedUrl: TemplateHelper = {
  ...url,
  run(values, context) {
    const safe = url.run(values, context);
    return context.follow === undefined ? safe : context.follow(safe);
  },
};
