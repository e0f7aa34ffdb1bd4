import type { TemplateHelper } from './template-helper.ts';

/**
 * `href="{{url cartUrl}}"`: a link that is safe to follow. Only https, so that no `javascript:` and no plain http ever
 * leaves the house; http is let through for this very machine alone, where a demo has no certificate.
 */
export const url: TemplateHelper = {
  takes: ['link'],
  example: 'href="{{url cartUrl}}"',
  run: ([value]) => {
    if (typeof value !== 'string' || !isSafe(value)) throw new Error('url needs an https link');
    return value;
  },
};

const oneself = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/?#]|$)/;

function isSafe(link: string): boolean {
  // A new URL() for each link would cost more than the rest of the message.
  return /^https:\/\/[^\s"'<>\\]+$/.test(link) || (oneself.test(link) && !/[\s"'<>\\]/.test(link));
}
