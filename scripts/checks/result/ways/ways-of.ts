import type { RunRecord } from '../../../artifacts/records/records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Result } from '../contract/result.ts';
import type { Playings } from '../contract/result-playings.ts';
import { severity } from '../scenario-results.ts';
import { advisedWay, type Way } from './advised-way.ts';
import { costOf } from './cost-of.ts';
import { strategyOf } from './strategy.ts';

/** What result.json says of the ways of a run that played several; nothing of any other. */
export function waysResult(
  run: RunRecord,
  results: ReadonlyMap<number, Result>,
): Pick<Playings, 'ways' | 'advice'> {
  const played = groupBy(run.playings ?? [], ({ planName }) => planName);
  const ways = [...played].flatMap(([plan, all]) => {
    const playings = new Map(
      all.flatMap(({ index }) => {
        const result = results.get(index);
        return result === undefined ? [] : [[index, result] as const];
      }),
    );
    const own = [...playings.values()];
    const worst = own.toSorted((a, b) => severity(a) - severity(b))[0];
    const steps = run.plans?.find(({ name }) => name === plan)?.steps;
    if (plan === undefined || worst === undefined || steps === undefined) return [];
    const isWhole = own.length === all.length || worst.verdict === 'fail';
    const sql = own.flatMap((one) =>
      one.steps.flatMap(({ statements }) => statements.map((statement) => statement.sql)),
    );
    const downtimeMs = Math.max(...own.map(({ downtimeSeconds = 0 }) => downtimeSeconds * 1000));
    const verdict = isWhole ? worst.verdict : 'inconclusive';
    const way: Way = { plan, strategy: strategyOf(steps, sql), verdict, downtimeMs };
    return [{ ...way, ...costOf(steps, playings, run) }];
  });
  if (ways.length < 2) return {};
  return {
    ways,
    advice: { ...advisedWay(ways, run.budgets.downtimeMs) },
  };
}
