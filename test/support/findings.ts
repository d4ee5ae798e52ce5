import type { Finding, Result } from '../../scripts/checks/result/contract/result.ts';

/**
 * What a run found out about its plan. A machine that is busy with other things may be too slow to drive the load on time;
 * that makes a run inconclusive, rightly, and says nothing about the plan that a test is about.
 */
export function findingsAboutThePlan({ findings }: Result): Finding[] {
  return findings.filter(({ check, status }) => check !== 'generator' && status !== 'warn');
}
