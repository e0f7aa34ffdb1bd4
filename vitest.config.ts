import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Long on purpose: `npm run test:properties` and `npm run test:chaos`. `npm run test:browser` needs a browser.
    exclude: ['tests/chaos/**', 'tests/mutants/**', 'tests/browser/**', 'node_modules/**'],
    globalSetup: ['tests/kit/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
