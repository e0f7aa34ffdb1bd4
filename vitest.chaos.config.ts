import { defineConfig } from 'vitest/config';

/** Kills everything at random while events come in: minutes, not seconds. */
export default defineConfig({
  test: {
    setupFiles: ['tests/kit/plain-output.ts'],
    include: ['tests/chaos/**/*.test.ts'],
    // `npm run test:sends`.
    exclude: ['tests/chaos/sends.test.ts'],
    testTimeout: 900_000,
    hookTimeout: 900_000,
    fileParallelism: false,
  },
});
