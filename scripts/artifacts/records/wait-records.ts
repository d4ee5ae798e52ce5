import { z } from 'zod';
import { SessionRole } from './session-role.ts';
import { moment, number, text } from './primitives.ts';

/** How the waits for locks are known, best first. */
export const WAIT_TIERS = ['uprobes', 'server-log', 'polling'] as const;

export type WaitTier = (typeof WAIT_TIERS)[number];

/** One wait of one session for one heavyweight lock, while a part of the plan was in flight. */
export const ExactWait = z.object({
  type: z.literal('wait'),
  pid: number,
  role: SessionRole,
  locktype: text,
  /** As in pg_locks, such as AccessShareLock. */
  mode: text,
  /** `schema.name`; null for a lock that is not on a relation. */
  relation: text.nullable(),
  fromMs: moment,
  toMs: moment,
  /** `cancelled`: a timeout, a cancel or a deadlock ended it. */
  end: z.enum(['granted', 'cancelled']),
});
export type ExactWait = z.infer<typeof ExactWait>;

/** A backend got ACCESS EXCLUSIVE on a relation, waiting or not. */
export const LockGrant = z.object({
  type: z.literal('grant'),
  pid: number,
  tMs: moment,
  /** `schema.name` */
  relation: text,
});
export type LockGrant = z.infer<typeof LockGrant>;

/** The migration's backend gave back its locks. */
export const LockRelease = z.object({
  type: z.literal('release'),
  pid: number,
  tMs: moment,
});
export type LockRelease = z.infer<typeof LockRelease>;

/** From here on waits are known so; the last one counts, those before it say what went before. */
export const WaitTierRecord = z.object({
  type: z.literal('tier'),
  tMs: moment,
  tier: z.enum(WAIT_TIERS),
  /** To how many milliseconds the ends of a wait are known. */
  resolutionMs: number,
  /** How often chains are looked at. */
  pollMs: number,
  /** Why not better; null for the best. */
  why: text.nullable(),
});
export type WaitTierRecord = z.infer<typeof WaitTierRecord>;

/** artifacts/exact-waits.ndjson: waits that the server itself told of, and how. Times count from the run's zero. */
export const ExactWaitRecord = z.discriminatedUnion('type', [
  ExactWait,
  LockGrant,
  LockRelease,
  WaitTierRecord,
]);
export type ExactWaitRecord = z.infer<typeof ExactWaitRecord>;
