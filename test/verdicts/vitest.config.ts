import { defineConfig } from 'vitest/config';

/** Each shipped rehearsal on each tier, as often as REHEARSE_REPEAT says: whole runs that measure, one at a time. */
export default defineConfig({
  test: {
    include: ['test/verdicts/**/*.test.ts'],
    testTimeout: 3_600_000,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
