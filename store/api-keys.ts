import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database, type Queryable } from './database.ts';
import { newId } from './new-id.ts';

/** A key as it may be shown: never the secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The beginning of the secret, by which people tell keys apart. */
  readonly prefix: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

const shown = ['id', 'name', 'prefix', 'created_at as createdAt', 'revoked_at as revokedAt'] as const;
const marker = 'prn_';
const prefixLength = marker.length + 8;

/** Makes a key of 256 random bits. The secret is told here and never again: only its SHA-256 is kept. */
export async function createApiKey(
  db: Database,
  { name, now }: { name: string; now: Instant },
): Promise<ApiKey & { readonly secret: string }> {
  const secret = `${marker}${randomBytes(32).toString('base64url')}`;
  const key = await db
    .insertInto('api_keys')
    .values({
      id: newId(),
      name,
      prefix: secret.slice(0, prefixLength),
      hash: hashOf(secret),
      created_at: timestamp(now),
    })
    .returning(shown)
    .executeTakeFirstOrThrow();
  return { ...key, secret };
}

export async function listApiKeys(db: Queryable): Promise<ApiKey[]> {
  return db.selectFrom('api_keys').select(shown).orderBy('created_at').orderBy('id').execute();
}

/** Keys whose prefix begins with `prefix`, so that a caller can refuse to guess between two. What all have in common names none. */
export async function findApiKeys(db: Queryable, prefix: string): Promise<ApiKey[]> {
  const keys = await listApiKeys(db);
  return keys.filter((key) => prefix.length > marker.length && key.prefix.startsWith(prefix));
}

/** Safe to repeat: the first revocation counts. */
export async function revokeApiKey(db: Database, id: string, now: Instant): Promise<ApiKey> {
  await db
    .updateTable('api_keys')
    .set({ revoked_at: timestamp(now) })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  return db.selectFrom('api_keys').select(shown).where('id', '=', id).executeTakeFirstOrThrow();
}

/** Is this a key of ours that has not been revoked? Looked up by hash, then compared in constant time. */
export async function isApiKey(db: Queryable, secret: string): Promise<boolean> {
  const hash = hashOf(secret);
  const key = await db
    .selectFrom('api_keys')
    .select(['hash', 'revoked_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  return key !== undefined && key.revoked_at === null && timingSafeEqual(key.hash, hash);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
