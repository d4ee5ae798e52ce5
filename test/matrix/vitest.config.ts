import { defineConfig } from 'vitest/config';

/** Every cell of a table of behaviours, each with real processes: too long for `npm test`. */
export default defineConfig({
  test: {
    include: ['test/matrix/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    env: { REHEARSE_BASES: 'off' },
    maxWorkers: 2,
    // Runs that are struck half-way mostly wait.
    maxConcurrency: 2,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
