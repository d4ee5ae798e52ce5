import { defineConfig } from 'vitest/config';

/** These look at what the app had of a plan, or strike at a moment, on a machine that is not too busy for that. */
const TIMED = [
  'test/matrix/advice.test.ts',
  'test/matrix/endings/pulumi.test.ts',
  'test/matrix/noise.test.ts',
  'test/matrix/own-hosts{,-ways}.test.ts',
  'test/matrix/readme.test.ts',
  'test/matrix/playings/*.test.ts',
];

/** Every cell of a table of behaviours, each with real processes: too long for `npm test`. */
export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 120_000,
    env: { REHEARSE_BASES: 'off' },
    // Runs that are struck half-way mostly wait.
    maxConcurrency: 2,
    reporters: ['default', './test/summary-reporter.ts'],
    projects: [
      {
        extends: true,
        // They wait for hosts, for loads and for ends that they asked for: two leave half of two processors idle.
        test: {
          name: 'untimed',
          include: ['test/matrix/**/*.test.ts'],
          exclude: TIMED,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
