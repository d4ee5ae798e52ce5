import { z } from 'zod';
import { count, positiveDuration } from './fields.ts';

/** When reading a live server is given up. A load has to stand above its limit for five looks, a second apart. */
export const limitsSchema = z.strictObject({
  duration: positiveDuration('2h')
    .prefault('1h')
    .describe('Longest that the dump may take, and with it the snapshot that it holds.'),
  lockWait: positiveDuration('500ms')
    .prefault('500ms')
    .describe('Longest that the dump may wait for a lock: who waits has others behind it.'),
  blocking: positiveDuration('5s')
    .prefault('5s')
    .describe('Longest that somebody else may wait for a lock of the dump, such as a migration there.'),
  activeSessions: count('a number of sessions', 100, { min: 1 })
    .prefault(100)
    .describe('Most sessions of others that may be active.'),
  ioWaits: count('a number of sessions', 20, { min: 1 })
    .prefault(20)
    .describe('Most sessions of others that may wait for reads or writes.'),
  replicationLag: positiveDuration('30s')
    .prefault('30s')
    .describe(
      'Most that a replica may be behind: the one that is read, else those of the server that is read.',
    ),
});

/** Milliseconds, and numbers of sessions. */
export type LiveLimits = z.output<typeof limitsSchema>;

export const DEFAULT_LIMITS: LiveLimits = limitsSchema.parse({});
