import { defineConfig } from 'vitest/config';
import { processSuites } from './vitest.config.ts';

/** Real processes that are started, stopped and killed, and the services of the compose file: mostly waiting. */
export default defineConfig({
  test: {
    include: processSuites,
    globalSetup: ['tests/kit/global-setup.ts'],
    setupFiles: ['tests/kit/plain-output.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
