import { defineConfig } from 'vitest/config';
import { yearSuites } from './vitest.config.ts';

/** The same properties as in `npm test`, over many more random histories. */
export default defineConfig({
  test: {
    include: ['tests/properties/**/*.test.ts', ...yearSuites],
    globalSetup: ['tests/kit/global-setup.ts'],
    setupFiles: ['tests/kit/plain-output.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20 * 60_000,
    hookTimeout: 60_000,
    env: { PERENNIAL_PROPERTY_RUNS: '200' },
  },
});
