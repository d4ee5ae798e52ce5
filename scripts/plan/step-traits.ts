import type { Step, StepKind } from './model.ts';

interface StepTraits {
  /** Somebody who holds a lock may be in its way: it runs statements whose locks are the author's affair. */
  readonly takesLocks: boolean;
  /** What it changes: the database, the traffic, or nothing. */
  readonly changes: 'database' | 'traffic' | null;
  /** It can be cut off in its middle and run again. */
  readonly canBeCutOff: boolean;
}

/** What reading and ordering a plan need to know of each kind. */
const TRAITS: Readonly<Record<StepKind, StepTraits>> = {
  sql: { takesLocks: true, changes: 'database', canBeCutOff: true },
  command: { takesLocks: true, changes: 'database', canBeCutOff: true },
  deploy: { takesLocks: false, changes: 'traffic', canBeCutOff: false },
  backfill: { takesLocks: false, changes: 'database', canBeCutOff: true },
  soak: { takesLocks: false, changes: null, canBeCutOff: false },
  maintenance: { takesLocks: false, changes: 'traffic', canBeCutOff: false },
  verify: { takesLocks: false, changes: null, canBeCutOff: false },
};

export function traitsOf({ kind }: Step): StepTraits {
  return TRAITS[kind];
}
