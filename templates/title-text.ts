import * as z from 'zod';
import { httpsUrl } from '../domain/events/fields.ts';

/** Limits of what the messages about goods show; the checker multiplies them out to the largest mail. */
export const longestTitle = 120;
const longestLink = 500;

export const titleText = z.string().min(1).max(longestTitle);
export const goodsLink = httpsUrl.max(longestLink);

/** Whole code points, so that a cut never leaves half an emoji. The limit counts UTF-16 units. */
export function shortTitle(title: string): string {
  if (title.length <= longestTitle) return title;
  let kept = '';
  for (const character of title) {
    if (kept.length + character.length > longestTitle - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A link that is not https or too long is no link. */
export function goodsLinkOf(url: string | undefined): string | undefined {
  return url !== undefined && goodsLink.safeParse(url).success ? url : undefined;
}
