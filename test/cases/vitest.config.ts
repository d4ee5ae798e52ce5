import { defineConfig } from 'vitest/config';

/** Re-enacted incidents, each a whole run of half a minute; the collection does not come with the project. */
export default defineConfig({
  test: {
    include: ['test/cases/**/*.test.ts'],
    testTimeout: 300_000,
    maxConcurrency: 2,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
