import { defineConfig } from 'vitest/config';

/** Pages in a real browser: `npm run test:browser`. */
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.ts'],
    globalSetup: ['tests/kit/global-setup.ts'],
    setupFiles: ['tests/kit/plain-output.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
