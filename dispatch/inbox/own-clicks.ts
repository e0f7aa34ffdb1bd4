import { createHash } from 'node:crypto';
import type { Notice } from '../../delivery/channels/receipts.ts';
import type { Instant } from '../../domain/instant.ts';

/** Not a provider: links of our own, whose word counts for every message. No connection has this name. */
export const ownLinks = 'own-links';

/** Somebody followed a link of ours. The same link of the same message again is the same notice. */
export function noticeOfClick({
  delivery,
  url,
  at,
}: {
  readonly delivery: string;
  readonly url: string;
  readonly at: Instant;
}): Notice {
  const link = createHash('sha256').update(url).digest('base64url').slice(0, 16);
  return { id: `${delivery}/${link}`, at, sendId: delivery, kind: 'clicked', raw: {} };
}
