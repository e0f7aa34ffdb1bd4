import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../store/database.ts';
import { assertMigrated, migrate, pendingMigrations } from '../../store/migrate.ts';
import { listMigrations } from '../../store/migrations.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const opened: TestDatabase[] = [];

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  opened.push(database);
  await sql`drop schema public cascade`.execute(database.db);
  await sql`create schema public`.execute(database.db);
  return database;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});

describe('migrate', () => {
  it('applies every migration once, and nothing the second time', async () => {
    const { db } = await emptyDatabase();
    const names = (await listMigrations()).map((migration) => migration.name);
    expect(await pendingMigrations(db)).toEqual(names);
    expect(await migrate(db)).toEqual(names);
    expect(await migrate(db)).toEqual([]);
    expect(await pendingMigrations(db)).toEqual([]);
  });

  it('applies each migration once when two processes migrate at once', async () => {
    const { db, url } = await emptyDatabase();
    const other = openDatabase({ url });
    const applied = await Promise.all([migrate(db), migrate(other)]);
    await other.destroy();
    expect(applied.flat().sort()).toEqual((await listMigrations()).map((migration) => migration.name));
  });

  it('refuses a database that a newer version has migrated', async () => {
    const { db } = await emptyDatabase();
    await migrate(db);
    await sql`insert into migrations (name, applied_at) values ('9999-later', ${new Date()}::timestamptz)`.execute(
      db,
    );
    await expect(migrate(db)).rejects.toMatchObject({ code: 'schema-newer' });
    await expect(assertMigrated(db)).rejects.toMatchObject({ code: 'schema-newer' });
  });
});

describe('assertMigrated', () => {
  it('refuses pending migrations and names the command', async () => {
    const { db } = await emptyDatabase();
    await expect(assertMigrated(db)).rejects.toMatchObject({
      code: 'migrations-pending',
      message: expect.stringContaining('npx perennial migrate'),
    });
  });

  it('lets a migrated database pass', async () => {
    const { db } = await emptyDatabase();
    await migrate(db);
    await expect(assertMigrated(db)).resolves.toBeUndefined();
  });
});
