import type { Analysis } from '../analysis/analyse.ts';
import { coverage, isUncovered, lengthMs } from '../analysis/standstill/uncovered.ts';
import { isQuiet } from '../of-app/coverage.ts';
import type { Result } from './contract/result.ts';

/** Which tables the plan stopped and who asked for them; nothing where the run does not tell what its scripts use. */
export function coverageResults(analysis: Analysis): Pick<Result, 'coverage'> {
  const { lockWaitMs = Infinity } = analysis.evidence.run.budgets;
  const seen = coverage(analysis, lockWaitMs);
  if (seen === undefined) return {};
  return {
    coverage: seen.stopped.map((one) => {
      const { step, standstill, asked, hadWait } = one;
      const { table: relation, mode, stopped, statement } = standstill;
      return {
        step: step.run.planned.name,
        statement,
        relation,
        mode,
        stopped,
        longestMs: lengthMs(standstill),
        scripts: asked.map((script) => ({ ...script })),
        hadWait,
        isUncovered: isUncovered(one) && !isQuiet(one, analysis),
      };
    }),
  };
}
