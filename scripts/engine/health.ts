import type { CompatibilityRecord } from '../artifacts/records/records.ts';
import { isOwnError } from '../pg/own-errors.ts';
import type { Rehearsal } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';
import { formatCount, plural } from '../shared/text/format.ts';

/** A script of which so many requests ended, and none well, tells nothing about a plan. */
const ALL_FAILED = 20;

/** How often one script has ended so since the load started. */
export interface ScriptOutcome {
  readonly version: string;
  readonly script: string;
  /** 0 = answered well. */
  readonly outcome: 0 | string;
  readonly count: number;
}

/**
 * The app that is out must work before anything is changed. An error that a healthy app can have of its own is the
 * yardstick for those that come later, and no reason to stop.
 * @throws BASELINE_UNHEALTHY naming each script that fails
 */
export function requireHealthyStart(rehearsal: Rehearsal, start: readonly CompatibilityRecord[]): void {
  const first = rehearsal.load.versions[0]?.name;
  const broken = start.filter(
    ({ version, ok, sqlstate }) => version === first && !ok && !isOwnError(sqlstate ?? 'lost'),
  );
  if (broken.length === 0) return;
  const list = broken.map(
    ({ version, script, sqlstate, message }) =>
      `${version}/${script}: ${sqlstate ?? 'no SQLSTATE'} ${message ?? ''}`,
  );
  throw new RehearsalError(
    'BASELINE_UNHEALTHY',
    `before the first step ${plural(broken.length, 'script')} of the live app version ${first ?? ''} failed:\n  ${list.join('\n  ')}`,
    { hint: 'mend the workload script or the snapshot: a rehearsal needs a healthy app to begin with' },
  );
}

/**
 * The same of its traffic. A script that never succeeded is broken, whatever it failed with.
 * @throws BASELINE_UNHEALTHY naming scripts, SQLSTATEs and counts
 */
export function requireHealthyTraffic(outcomes: readonly ScriptOutcome[]): void {
  const failed = outcomes.filter(({ outcome }) => outcome !== 0);
  const broken = failed.filter((one) => !isOwnError(String(one.outcome)) || neverWell(one, outcomes));
  if (broken.length === 0) return;
  const list = broken.map(
    ({ version, script, outcome, count }) => `${version}/${script}: ${formatCount(count)} with ${outcome}`,
  );
  const count = broken.reduce((sum, one) => sum + one.count, 0);
  throw new RehearsalError(
    'BASELINE_UNHEALTHY',
    `${plural(count, 'request')} failed in the warm-up, before the first step, as in an app that does not work:\n  ${list.join('\n  ')}`,
    {
      hint: 'mend the workload script or the snapshot; errors that a healthy app has of its own, such as 40001 or 23505 now and then, are no hindrance',
    },
  );
}

function neverWell({ version, script }: ScriptOutcome, outcomes: readonly ScriptOutcome[]): boolean {
  const own = outcomes.filter((one) => one.version === version && one.script === script);
  const ended = own.reduce((sum, { count }) => sum + count, 0);
  return ended >= ALL_FAILED && own.every(({ outcome }) => outcome !== 0);
}
