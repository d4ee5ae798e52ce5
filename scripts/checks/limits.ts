import { formatCount } from '../shared/format.ts';
import { POLL_MS } from './analysis/waits.ts';
import type { Analysis } from './analysis/analyse.ts';

/** What a rehearsal cannot tell, as full sentences: first what the environment says of itself. */
export function knownLimits({ evidence }: Analysis): string[] {
  const { run, environment, snapshot } = evidence;
  const { ratePerSec, versions } = run.load;
  const scripts = versions.reduce((sum, version) => sum + version.scripts.length, 0);
  const reversible = run.plan.filter(({ hasRollback }) => hasRollback).length;
  return [
    ...(environment?.limits ?? []),
    ...(snapshot?.warnings ?? []),
    `The load was ${formatCount(ratePerSec)} requests/s of ${formatCount(scripts)} scripts as they were written for this rehearsal; it was compared with no production traffic.`,
    'The cache was warm: data that had just been restored was in memory, and a cold production cache would be slower.',
    'Whether the snapshot was masked, cut or aged is not known; other values, sizes or bloat change how long a statement takes.',
    ...(reversible > 0
      ? [
          reversible === 1
            ? 'The rollback script of one step was checked for its syntax, but not run.'
            : `The rollback scripts of ${formatCount(reversible)} steps were checked for their syntax, but not run.`,
        ]
      : []),
    `Who waits for whom was looked at every ${POLL_MS} ms: shorter waits can be missed, and the end of a wait is known to ${POLL_MS / 2} ms.`,
    'The WAL of a statement includes what the app wrote meanwhile.',
  ];
}
