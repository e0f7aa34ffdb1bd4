import type { Instant } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';
import { findShortLink } from '../store/short-links.ts';

/** A link of ours that stands in a message, and where it leads. */
export interface ClickedLink {
  readonly delivery: string;
  readonly url: string;
  readonly writtenAt: Instant;
}

export interface ClickFinderDeps {
  readonly db: Database;
  /** For links that carry everything themselves. */
  readonly read: (message: string, link: string) => ClickedLink | undefined;
  /** May a click lead there, by the hosts that are the shop's now? */
  readonly isShops: (url: string) => boolean;
}

const code = /^[\w-]{12}$/;

/** What is behind `/c/<path>`: the two parts of a link in a mail, or the code of one in a text message. */
export function createClickFinder({ db, read, isShops }: ClickFinderDeps) {
  return async function findClick(path: string): Promise<ClickedLink | undefined> {
    const [first = '', second, ...more] = path.split('/');
    if (second !== undefined) return more.length === 0 ? read(first, second) : undefined;
    const stored = code.test(first) ? await findShortLink(db, first) : undefined;
    if (stored === undefined || !isShops(stored.url)) return undefined;
    return { delivery: stored.delivery, url: stored.url, writtenAt: stored.at };
  };
}
