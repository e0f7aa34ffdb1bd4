import { defineConfig } from 'vitest/config';
import { walkSuites } from './vitest.config.ts';

/** The commands of the README and the guides, one after the other. */
export default defineConfig({
  test: {
    include: walkSuites,
    globalSetup: ['tests/kit/global-setup.ts'],
    setupFiles: ['tests/kit/plain-output.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
