import { startTestDatabaseServer } from '../../engine/start-test-database-server.ts';
import { checkout } from './checkout.ts';

let server: ReturnType<typeof startTestDatabaseServer> | undefined;

/** The throw-away PostgreSQL that all test files share; `PERENNIAL_TEST_POSTGRES_BIN` names a folder of other binaries. */
export async function startDatabaseServer(): Promise<{ url: string; version: number }> {
  const binFolder = process.env['PERENNIAL_TEST_POSTGRES_BIN'];
  server ??= startTestDatabaseServer({ checkout, ...(binFolder ? { binFolder } : {}) });
  return server;
}
