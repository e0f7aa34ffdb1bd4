import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { dumpSchema } from '../../store/dump-schema.ts';
import { createTestDatabase } from '../kit/database.ts';

describe('store/schema.sql', () => {
  it('is what the migrations make; after a new one, run "node --import tsx tests/store/write-schema.ts"', async () => {
    const database = await createTestDatabase();
    const { db } = database;
    try {
      const committed = await readFile(new URL('../../store/schema.sql', import.meta.url), 'utf8');
      expect(await dumpSchema(db)).toBe(committed);
    } finally {
      await database.close();
    }
  });

  it('is not what somebody has changed by hand', async () => {
    const database = await createTestDatabase();
    const { db } = database;
    try {
      const before = await dumpSchema(db);
      await sql`alter table events add column by_hand text`.execute(db);
      expect(await dumpSchema(db)).not.toBe(before);
    } finally {
      await database.close();
    }
  });
});
