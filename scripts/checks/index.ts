import { actors } from './actors.ts';
import { backfillRate } from './backfill-rate.ts';
import { beside } from './beside.ts';
import { blockedSeconds } from './blocked-seconds.ts';
import { capacity } from './capacity.ts';
import type { Check } from './check.ts';
import { compatibility } from './compatibility.ts';
import { coverage } from './coverage.ts';
import { errors } from './errors.ts';
import { evidenceComplete } from './evidence-complete.ts';
import { generator } from './generator.ts';
import { leftovers } from './leftovers.ts';
import { hotUpdates } from './hot-updates.ts';
import { lockHold } from './lock-hold.ts';
import { lockSlots } from './lock-slots.ts';
import { lockWait } from './lock-wait.ts';
import { p99 } from './p99.ts';
import { rowsLost } from './rows-lost.ts';
import { scriptLatency } from './script-latency.ts';
import { scriptRows } from './script-rows.ts';
import { serverPresence } from './server-presence.ts';
import { replicationLag } from './replication-lag.ts';
import { stepDuration } from './step-duration.ts';
import { steps } from './steps.ts';
import { unexplained } from './unexplained.ts';
import { unfinished } from './unfinished.ts';

/** Every check, sorted by id. */
export const CHECKS: readonly Check[] = [
  actors,
  backfillRate,
  beside,
  blockedSeconds,
  capacity,
  compatibility,
  coverage,
  errors,
  evidenceComplete,
  generator,
  hotUpdates,
  leftovers,
  lockHold,
  lockSlots,
  lockWait,
  p99,
  replicationLag,
  rowsLost,
  scriptLatency,
  scriptRows,
  serverPresence,
  stepDuration,
  steps,
  unexplained,
  unfinished,
];
