import { defineConfig } from 'vitest/config';
import chaos from './vitest.chaos.config.ts';

/** Kills workers and the server while messages leave, and compares the logs of providers with the ledger. */
export default defineConfig({
  test: {
    ...chaos.test,
    include: ['tests/chaos/sends.test.ts'],
    exclude: [],
    // For as many as CHAOS_SENDS asks for.
    hookTimeout: 2 * 60 * 60_000,
  },
});
