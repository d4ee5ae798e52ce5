import { formatCount, plural } from '../../shared/text/format.ts';
import { adviseBroken } from '../advice.ts';
import { appTrouble, saidAs } from './app-trouble.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { capacityShare } from '../analysis/traffic/capacity-share.ts';
import type { FailedRequests } from '../analysis/traffic/failures.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { Check, CheckFinding } from '../check.ts';
import { statementOfFailure } from '../of-plan/failure-statement.ts';
import { keptByPrepared } from '../stops/kept-by-prepared.ts';
import { stops } from '../stops/stops.ts';
import { listed, stepTitle } from '../wording.ts';

export const errors: Check = {
  id: 'errors',
  title: 'No more requests failed than the budget allows',
  failureTitle: 'Requests failed',
  needs: ['requests', 'steps'],
  unit: 'requests',
  budget: 'errors',
  run(analysis, { errors: budget }) {
    const caused = analysis.failures.filter(({ step }) => step !== null);
    const measured = count(caused);
    if (budget === undefined || measured <= budget) return { measured, findings: [] };
    const places = groupBy(caused, (failure) => {
      return `${failure.step?.index ?? 0} ${statementOfFailure(analysis, failure) ?? ''}`;
    });
    return {
      measured,
      findings: [...places.values()].map((group) => finding(group, measured, budget, analysis)),
    };
  },
};

function finding(
  group: readonly FailedRequests[],
  total: number,
  budget: number,
  analysis: Analysis,
): CheckFinding {
  // What says why comes before what was only cut off.
  const worstFirst = group.toSorted(
    (a, b) => Number(isSqlstate(b)) - Number(isSqlstate(a)) || b.rows.length - a.rows.length,
  );
  const [worst] = worstFirst;
  const step = worst?.step ?? null;
  const statement = worst ? statementOfFailure(analysis, worst) : null;
  const measured = count(group);
  const troubles = worstFirst.map((failure) => {
    return appTrouble({ ...failure, statement: statementOfFailure(analysis, failure) }, analysis);
  });
  const kinds = worstFirst.map(
    ({ version, script, sqlstate, rows }, place) =>
      `${version}/${script} ${formatCount(rows.length)} with ${sqlstate}${saidAs({ message: troubles[place]?.message ?? '', inside: troubles[place]?.inside ?? null })}`,
  );
  const inAll = measured === total ? '' : `, ${formatCount(total)} in all`;
  const stop = stops(analysis).find(
    (one) => one.step.run === step && (one.statement?.record.index ?? null) === statement,
  );
  const share = capacityShare(analysis.evidence);
  const isOverloaded =
    share !== null && share > 1 && group.every(({ sqlstate }) => sqlstate === 'unfinished');
  return {
    status: isOverloaded ? 'inconclusive' : 'fail',
    step: step?.planned.name ?? null,
    statement,
    measured,
    budget,
    sqlstate: worst && isSqlstate(worst) ? worst.sqlstate : null,
    message: `${step ? stepTitle(step) : 'The plan'} made ${plural(measured, 'request')} fail (budget ${formatCount(budget)}${inAll}): ${listed(kinds)}.${stop === undefined ? '' : keptByPrepared(stop, analysis)}${isOverloaded ? OVERLOADED : ''}`,
    ...(troubles[0] === undefined ? {} : adviseBroken(troubles[0], stop, analysis)),
    hurt: { failed: measured, delayed: stop?.victims.delayed ?? 0, ms: 0 },
  };
}

/** A queue that grows without any migration has requests at its end that nobody came to. */
const OVERLOADED =
  ' The load was more than the app could do before the plan began: they may have waited for their turn alone.';

function isSqlstate({ sqlstate }: FailedRequests): boolean {
  return /^[0-9A-Z]{5}$/.test(sqlstate);
}

function count(failures: readonly FailedRequests[]): number {
  return failures.reduce((sum, { rows }) => sum + rows.length, 0);
}
