import type { SessionRole } from './session-role.ts';

/** How the waits for locks are known, best first. */
export const WAIT_TIERS = ['uprobes', 'server-log', 'polling'] as const;
export type WaitTier = (typeof WAIT_TIERS)[number];

/** artifacts/exact-waits.ndjson: waits that the server itself told of, and how. Times count from the run's zero. */
export type ExactWaitRecord = ExactWait | LockGrant | LockRelease | WaitTierRecord;

/** One wait of one session for one heavyweight lock, while a part of the plan was in flight. */
export interface ExactWait {
  readonly type: 'wait';
  readonly pid: number;
  readonly role: SessionRole;
  readonly locktype: string;
  /** As in pg_locks, such as AccessShareLock. */
  readonly mode: string;
  /** `schema.name`; null for a lock that is not on a relation. */
  readonly relation: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** `cancelled`: a timeout, a cancel or a deadlock ended it. */
  readonly end: 'granted' | 'cancelled';
}

/** A backend got ACCESS EXCLUSIVE on a relation, waiting or not. */
export interface LockGrant {
  readonly type: 'grant';
  readonly pid: number;
  readonly tMs: number;
  /** `schema.name` */
  readonly relation: string;
}

/** The migration's backend gave back its locks. */
export interface LockRelease {
  readonly type: 'release';
  readonly pid: number;
  readonly tMs: number;
}

/** From here on waits are known so; the last one counts, those before it say what went before. */
export interface WaitTierRecord {
  readonly type: 'tier';
  readonly tMs: number;
  readonly tier: WaitTier;
  /** To how many milliseconds the ends of a wait are known. */
  readonly resolutionMs: number;
  /** How often chains are looked at. */
  readonly pollMs: number;
  /** Why not better; null for the best. */
  readonly why: string | null;
}
