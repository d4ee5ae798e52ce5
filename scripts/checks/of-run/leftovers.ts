import { plural } from '../../shared/text/format.ts';
import type { EnvironmentRecord } from '../../artifacts/records/records.ts';
import type { Check } from '../check.ts';

export const leftovers: Check = {
  id: 'leftovers',
  title: 'Nothing of the run was left behind',
  failureTitle: 'Something of the run was left behind',
  needs: ['environment'],
  unit: null,
  budget: null,
  run({ evidence: { environment, run } }) {
    // What was to stay is not left behind; whoever asked for it knows until when.
    if (environment?.keptUntil != null)
      return { measured: null, findings: [], title: `The environment ${whatFor(environment)}` };
    const measured = environment?.leftovers ?? null;
    if (measured === 0) return { measured, findings: [] };
    const advice = `rehearse reap --run ${run.runId} --execute removes what is left.`;
    const message =
      measured === null
        ? 'Nobody has looked yet whether something of the run is left.'
        : `${plural(measured, 'thing')} of the run ${measured === 1 ? 'is' : 'are'} left behind.`;
    return { measured, findings: [{ status: 'warn', measured, message, advice }] };
  },
};

function whatFor({ shared }: EnvironmentRecord): string {
  return shared === undefined
    ? 'was kept up on purpose'
    : 'was shared, and goes with the last rehearsal on it';
}
