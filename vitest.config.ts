import { defineConfig } from 'vitest/config';

/** These look at milliseconds, as a whole run does. */
const TIMED = ['test/integration/locks/locks-queue.test.ts'];

/** Whole runs of which nobody judges how long anything took: two at once. All others of these folders have the machine to themselves. */
const UNTIMED = [
  'test/attack/{canary,canary-run,command-network,commands,fuzz-check,not-files}.test.ts',
  'test/attack/{own-login,root-not-lent,run-folders}.test.ts',
  'test/e2e/{ci-templates,cli,cli-setup,interrupted,local-run,nightly,readme,roles}.test.ts',
  'test/e2e/{run-dump,run-endings,run-refusals}.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each restores by itself; what a base is has tests of its own.
    env: { REHEARSE_BASES: 'off' },
    reporters: ['default', './test/summary-reporter.ts'],
    projects: [
      {
        extends: true,
        // Hundreds of small files: loading the modules anew for each of them takes longer than the tests themselves.
        test: {
          name: 'units',
          include: ['scripts/**/*.test.{ts,tsx}', 'infra/**/*.test.ts'],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/e2e/**',
            'test/attack/**',
            'test/matrix/**',
            'test/cases/**',
            'test/verdicts/**',
            ...TIMED,
          ],
          // Tests start real servers; more than two at once would only measure each other.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'untimed',
          include: UNTIMED,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Whole runs measure: one at a time, and after everything else.
        test: {
          name: 'whole',
          include: ['test/e2e/**/*.test.ts', 'test/attack/**/*.test.ts', ...TIMED],
          exclude: UNTIMED,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
