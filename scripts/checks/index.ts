import { actors } from './of-app/actors.ts';
import { backfillDrift } from './of-plan/backfill-drift.ts';
import { backfillRate } from './of-plan/backfill-rate.ts';
import { backfillTriggers } from './of-plan/backfill-triggers.ts';
import { beside } from './of-plan/beside.ts';
import { blockedSeconds } from './of-app/blocked-seconds.ts';
import { capacity } from './of-app/capacity.ts';
import type { Check } from './check.ts';
import { compatibility } from './of-app/compatibility.ts';
import { coverage } from './of-app/coverage.ts';
import { divergence } from './of-plan/divergence.ts';
import { downtime } from './of-app/downtime.ts';
import { errors } from './of-app/errors.ts';
import { evidenceComplete } from './of-run/evidence-complete.ts';
import { generator } from './of-run/generator.ts';
import { leftovers } from './of-run/leftovers.ts';
import { hotUpdates } from './of-plan/hot-updates.ts';
import { lockHold } from './of-plan/locks/lock-hold.ts';
import { lockSlots } from './of-plan/locks/lock-slots.ts';
import { lockWait } from './of-plan/locks/lock-wait.ts';
import { p99 } from './of-app/p99.ts';
import { rowsLost } from './of-plan/rows-lost.ts';
import { schemaRestored } from './of-way-back/schema-restored.ts';
import { scriptLatency } from './of-app/script-latency.ts';
import { scriptRows } from './of-app/script-rows.ts';
import { serverPresence } from './of-run/server-presence.ts';
import { pointOfNoReturn } from './of-way-back/point-of-no-return.ts';
import { repeatable } from './of-interruption/repeatable.ts';
import { replicationLag } from './of-plan/replication-lag.ts';
import { stepDuration } from './of-plan/step-duration.ts';
import { steps } from './of-plan/steps.ts';
import { unexplained } from './of-app/unexplained.ts';
import { unfinished } from './of-plan/unfinished.ts';
import { valuesKept } from './of-way-back/values-kept.ts';

/** Every check, sorted by id. */
export const CHECKS: readonly Check[] = [
  actors,
  backfillDrift,
  backfillRate,
  backfillTriggers,
  beside,
  blockedSeconds,
  capacity,
  compatibility,
  coverage,
  divergence,
  downtime,
  errors,
  evidenceComplete,
  generator,
  hotUpdates,
  leftovers,
  lockHold,
  lockSlots,
  lockWait,
  p99,
  pointOfNoReturn,
  repeatable,
  replicationLag,
  rowsLost,
  schemaRestored,
  scriptLatency,
  scriptRows,
  serverPresence,
  stepDuration,
  steps,
  unexplained,
  unfinished,
  valuesKept,
];
