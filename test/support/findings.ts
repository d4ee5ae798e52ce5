import type { Finding, Result } from '../../scripts/checks/result/contract/result.ts';

/** What a machine that is busy with other things makes inconclusive, rightly: load too late, requests slow for no cause of ours. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(
  'generator unexplained p99 stepDuration backfillRate replicationLag'.split(' '),
);

/** What a run found out about its plan, and not about the machine that it ran on. */
export function findingsAboutThePlan({ findings }: Result): Finding[] {
  return findings.filter(
    ({ check, status }) => status === 'fail' || (status === 'inconclusive' && !OF_THE_MACHINE.has(check)),
  );
}
