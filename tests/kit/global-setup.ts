import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { startTestDatabaseServer } from '../../engine/start-test-database-server.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { checkout } from './checkout.ts';

/**
 * Starts what all test files share, before the first of them: a real Temporal server with virtual time, a real
 * PostgreSQL, and the packed journeys. Every test file attaches to them; the last to leave ends them.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  const onProgress = (line: string) => console.log(line);
  const binFolder = process.env['PERENNIAL_TEST_POSTGRES_BIN'];
  const [temporal, postgres] = await Promise.all([
    startSimulationServer({ checkout, onProgress }),
    startTestDatabaseServer({ checkout, onProgress, ...(binFolder ? { binFolder } : {}) }),
    bundleJourneys(),
  ]);
  return async () => {
    await Promise.all([temporal.stop(), postgres.stop()]);
  };
}
