import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertMigrated, assertServable } from '../../store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe('a process whose database was migrated by the version after it', () => {
  const tomorrow = '9999-of-tomorrow';
  beforeAll(async () => {
    await sql`insert into migrations (name, applied_at) values (${tomorrow}, ${new Date()})`.execute(
      database.db,
    );
  });
  afterAll(async () => {
    await sql`delete from migrations where name = ${tomorrow}`.execute(database.db);
  });

  it('stays ready until it is replaced', async () => {
    await expect(assertServable(database.db)).resolves.toBeUndefined();
  });

  it('does not start anew', async () => {
    await expect(assertMigrated(database.db)).rejects.toMatchObject({ code: 'schema-newer' });
  });
});

describe('a process whose database lacks a migration', () => {
  it('neither starts nor is ready', async () => {
    await sql`delete from migrations where name = '0005-receipts'`.execute(database.db);
    for (const check of [assertMigrated, assertServable]) {
      await expect(check(database.db)).rejects.toMatchObject({ code: 'migrations-pending' });
    }
  });
});
