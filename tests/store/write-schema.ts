import { writeFile } from 'node:fs/promises';
import { dumpSchema } from '../../store/dump-schema.ts';
import { createTestDatabase } from '../kit/database.ts';

/** Writes `store/schema.sql` anew: `node --import tsx tests/store/write-schema.ts`, after each new migration. */
const database = await createTestDatabase();
await writeFile(new URL('../../store/schema.sql', import.meta.url), await dumpSchema(database.db));
await database.close();
process.exit();
