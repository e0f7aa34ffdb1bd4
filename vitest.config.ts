import { defineConfig } from 'vitest/config';

/** `npm run test:processes`: minutes of waiting for processes to start and to end, and of whole checks of the checkout. */
export const processSuites = [
  'tests/engine/start-engine.test.ts',
  'tests/engine/postgres.test.ts',
  'tests/cli/stop.test.ts',
  'tests/campaigns/kill.test.ts',
  'tests/metrics/live-run.test.ts',
  'tests/compose.test.ts',
  'tests/delivery/permits.test.ts',
  'tests/delivery/kill.test.ts',
  'tests/dispatch/kill.test.ts',
  'tests/campaigns/long-campaign.test.ts',
  'tests/cli/first-words.test.ts',
  'tests/cli/reader-away.test.ts',
  'tests/cli/twenty-mistakes.test.ts',
  'tests/examples/online-retail.test.ts',
  'tests/workflows/release.test.ts',
  'tests/workflows/bundle.test.ts',
];

/** A year of hours, recomputed by another way: `npm run test:properties`. */
export const yearSuites = ['tests/policy/quiet-hours-year.test.ts'];

/** Every guide, followed from the top to the bottom in a copy of the checkout: `npm run test:docs`. */
export const walkSuites = ['tests/docs/guides.test.ts'];

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Long on purpose: `npm run test:properties` and `npm run test:chaos`. `npm run test:browser` needs a browser.
    exclude: [
      'tests/chaos/**',
      'tests/mutants/**',
      'tests/browser/**',
      'node_modules/**',
      ...processSuites,
      ...yearSuites,
      ...walkSuites,
    ],
    globalSetup: ['tests/kit/global-setup.ts'],
    setupFiles: ['tests/kit/plain-output.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
