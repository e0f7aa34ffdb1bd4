import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** A link in words that are paid by the letter. */
export interface ShortLink {
  readonly code: string;
  readonly delivery: string;
  readonly url: string;
  /** When its message was written. */
  readonly at: Instant;
}

/** A code stands for one message and one address, so one that is there already is the same. */
export async function writeShortLinks(db: Queryable, links: readonly ShortLink[]): Promise<void> {
  if (links.length === 0) return;
  const rows = links
    .map(({ code, delivery, url, at }) => ({ code, delivery_id: delivery, url, written_at: isoOrNull(at) }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
  await sql`
    insert into short_links (code, delivery_id, url, written_at)
    select code, delivery_id, url, written_at
    from ${recordSet(rows, 'code text, delivery_id uuid, url text, written_at timestamptz')}
    on conflict (code) do nothing
  `.execute(db);
}

export async function findShortLink(db: Queryable, code: string): Promise<ShortLink | undefined> {
  const { rows } = await sql<ShortLink>`
    select code, delivery_id as delivery, url, written_at as at from short_links where code = ${code}
  `.execute(db);
  return rows[0];
}
