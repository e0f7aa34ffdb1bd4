import { createHash } from 'node:crypto';
import { toIso } from '../../domain/instant.ts';
import type { InboxEvent } from './effect.ts';
import type { InboxRow } from './inbox-rows.ts';

/** An event that a notice means. `about` tells apart several events of one notice. */
export function eventOf(
  { id, connection, notice }: InboxRow,
  event: { readonly type: string; readonly data: object; readonly about?: string },
  named: Pick<InboxEvent, 'customerId' | 'anonymousId'> = {},
): InboxEvent {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, event.type, event.about ?? '']))
    .digest('hex');
  return {
    id: `receipt/${hash.slice(0, 32)}`,
    type: event.type,
    occurredAt: toIso(notice.at),
    source: connection,
    ...named,
    data: event.data,
  };
}
