import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { passingResult } from './sample-result.ts';

type Stopped = NonNullable<Result['coverage']>[number];

/** Of a plan that stopped three tables: one behind a script, one that nobody asked for, one for a moment. */
export function stoppedTables(more: readonly Stopped[] = []): Result {
  const quiet = passingResult();
  const stopped = (step: string, relation: string, rest: Partial<Stopped>): Stopped => ({
    step,
    relation,
    statement: 1,
    mode: 'AccessExclusiveLock',
    stopped: 'all',
    longestMs: 1370,
    scripts: [],
    hadWait: false,
    isUncovered: false,
    ...rest,
  });
  return {
    ...quiet,
    coverage: [
      stopped('add-column', 'public.customers', {
        longestMs: 913,
        scripts: [
          { version: 'old', script: 'edit-customer', requests: 71 },
          { version: 'old', script: 'read-customer', requests: 1294 },
        ],
      }),
      stopped('set-not-null', 'audit.log', { statement: null, isUncovered: true }),
      stopped('drop-column', 'public.orders', { mode: 'ShareLock', stopped: 'writes', longestMs: 3.2 }),
      stopped('drop-column', 'public.notes', { longestMs: 21, hadWait: true }),
      ...more,
    ],
    steps: quiet.steps.map((step) => ({
      ...step,
      backfill: step.backfill && {
        ...step.backfill,
        triggers: [
          { name: 'log', function: 'audit.note', calls: 900, rows: 900, timePercent: 37.4 },
          { name: 'orders_fkey', function: null, calls: 900, rows: 900, timePercent: 4.2 },
        ],
      },
    })),
  };
}
