import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { WhatsAppCategory } from '../domain/rendered-message.ts';
import { toIso } from '../domain/instant.ts';
import type { Queryable } from './database.ts';
import { recordSet } from './record-set.ts';

/** A WhatsApp template as its provider has it. */
export interface StoredTemplate {
  readonly name: string;
  readonly language: string;
  readonly contentSid: string;
  readonly category: WhatsAppCategory;
  /** In the provider's words, small letters: `approved`, `pending`, `rejected`, `paused`. */
  readonly status: string;
  readonly body: string;
}

export async function listWhatsAppTemplates(
  db: Queryable,
): Promise<readonly (StoredTemplate & { readonly checkedAt: Instant })[]> {
  return db
    .selectFrom('whatsapp_templates')
    .select([
      'name',
      'language',
      'content_sid as contentSid',
      'category',
      'status',
      'body',
      'checked_at as checkedAt',
    ])
    .orderBy('name')
    .orderBy('language')
    .execute();
}

/** What the provider has now takes the place of all that was known; a template that it no longer has is gone. */
export async function replaceWhatsAppTemplates(
  db: Queryable,
  templates: readonly StoredTemplate[],
  at: Instant,
): Promise<void> {
  const rows = templates.map(({ contentSid, ...template }) => ({
    ...template,
    content_sid: contentSid,
    checked_at: toIso(at),
  }));
  const shape =
    'name text, language text, content_sid text, category text, status text, body text, checked_at timestamptz';
  await sql`
    with found as (
      select * from ${recordSet(rows, shape)}
    ), gone as (
      delete from whatsapp_templates t
      where not exists (select from found f where f.name = t.name and f.language = t.language)
    )
    insert into whatsapp_templates (name, language, content_sid, category, status, body, checked_at)
    select name, language, content_sid, category, status, body, checked_at from found
    on conflict (name, language) do update set
      content_sid = excluded.content_sid, category = excluded.category, status = excluded.status,
      body = excluded.body, checked_at = excluded.checked_at
  `.execute(db);
}

/** One per name and language, since an account may hold several: an approved one goes before the others. */
export function storableTemplates(
  found: readonly (Omit<StoredTemplate, 'category'> & { readonly category?: string })[],
): readonly StoredTemplate[] {
  const best = new Map<string, StoredTemplate>();
  for (const { name, language, contentSid, status, body, category } of found) {
    const key = `${name} ${language}`;
    if (best.get(key)?.status === 'approved') continue;
    // What Meta has not called a utility counts as marketing.
    const kept = category === 'utility' ? 'utility' : 'marketing';
    best.set(key, { name, language, contentSid, status, body, category: kept });
  }
  return [...best.values()];
}
