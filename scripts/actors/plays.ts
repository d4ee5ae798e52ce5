import type { ActorKind } from '../plan/model.ts';
import { churn } from './churn.ts';
import { dump } from './dump.ts';
import { hotRows } from './hot-rows.ts';
import { idleInTransaction } from './idle-in-transaction.ts';
import { longReader } from './long-reader.ts';
import { secondMigration } from './second-migration.ts';
import type { Play } from './act.ts';
import { vacuum } from './vacuum.ts';

/** What each kind of actor does. */
export const PLAYS: Readonly<Record<ActorKind, Play>> = {
  'long-reader': longReader,
  'idle-in-transaction': idleInTransaction,
  dump,
  vacuum,
  'hot-rows': hotRows,
  'second-migration': secondMigration,
  churn,
};
