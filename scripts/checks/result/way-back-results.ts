import { defined } from '../../plan/schema/defined.ts';
import { plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { differenceText, objectText } from '../analysis/way-back/catalog-looks.ts';
import { wayBackOf, type WayBack } from '../analysis/way-back/way-back.ts';
import { notRead } from '../limits/not-read.ts';
import { failedAt } from '../of-way-back/failed-undo.ts';
import { halfUndone } from '../of-way-back/half-undone.ts';
import { noReturnFound, plansNoReturn } from '../of-way-back/no-return.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';
import type { Result } from './contract/result.ts';
import type { WayBackResult } from './contract/result-way-back.ts';

/** Nothing where the plan was played to its end. */
export function wayBackResults(analysis: Analysis): Pick<Result, 'wayBack' | 'pointOfNoReturn'> {
  const way = wayBackOf(analysis);
  if (way === undefined) return {};
  const declared = plansNoReturn(analysis);
  const found = noReturnFound(way, analysis);
  return {
    wayBack: [{ ...defined({ plan: analysis.evidence.playing?.planName }), ...wayBackResult(way, analysis) }],
    pointOfNoReturn: { declared, found: found?.step.run.planned.name ?? null },
  };
}

function wayBackResult(way: WayBack, analysis: Analysis): WayBackResult {
  const { remaining } = way;
  return {
    from: way.from.run.planned.name,
    ...outcomeOf(way, analysis),
    durationMs: way.durationMs,
    switchBackMs: way.switchBackMs,
    longestStopMs: way.longestStopMs,
    requestsFailed: way.requestsFailed,
    schemaSame: remaining === null ? null : remaining.length === 0,
    schemaDifferences: (remaining ?? []).map(({ difference: { kind, name, relation, how, what }, step }) => ({
      kind,
      name,
      relation,
      how,
      what: [...what],
      step: step.run.planned.name,
    })),
    valuesLost: (way.valuesLost ?? []).map(
      ({ lost: { table, column, count, isAtLeast, limit }, how, since }) => ({
        table,
        column,
        count,
        how,
        ...defined({ was: limit?.was }),
        since: since.run.planned.name,
        ...(isAtLeast && { isAtLeast: true as const }),
      }),
    ),
    ...defined({ notRead: notRead(analysis.evidence) }),
    forwardAgain: way.forwardAgain,
  };
}

function outcomeOf(way: WayBack, analysis: Analysis): Pick<WayBackResult, 'possible' | 'reason'> {
  const { from, isBegun, failed, remaining, broken, valuesLost } = way;
  if (!isBegun) return { possible: null, reason: `the plan did not come to the end of ${stepIn(from)}` };
  if (failed !== undefined) {
    const { sqlstate = null, message = 'no reason was recorded' } = failed.run.end?.error ?? {};
    return {
      possible: false,
      reason: `${stepIn(failed)} failed${placeOf(failed)}: ${sqlstate === null ? '' : `${sqlstate} `}${message}${halfUndone(
        failed,
        analysis,
      )
        .replace(/^ Now it/, '; now it')
        .replace(/\.$/, '')}`,
    };
  }
  const [state] = broken;
  if (state !== undefined) {
    const { version, script, sqlstate } = state.record;
    return {
      possible: false,
      reason: `${version} does not work any more: ${script} fails with ${sqlstate ?? 'a lost connection'}`,
    };
  }
  const [gone] = valuesLost ?? [];
  if (gone !== undefined) {
    const { table, column, count, isAtLeast } = gone.lost;
    const short = shortRelation(table);
    const what =
      column === '*'
        ? `${plural(count, 'row')} of ${short}`
        : `${plural(count, 'value')} of ${short}.${column}`;
    const state = { dropped: 'lost', cut: 'cut', unreadable: 'there that the version before cannot read' };
    const reason = `${isAtLeast ? 'at least ' : ''}${what} ${count === 1 ? 'is' : 'are'} ${state[gone.how]}`;
    return { possible: false, reason };
  }
  const [first] = remaining ?? [];
  if (first?.isUntried === true && remaining?.every(({ isUntried }) => isUntried) === true) {
    const left = listed(remaining.map(({ difference }) => objectText(difference)));
    return { possible: false, reason: `${stepIn(first.step)} has no rollback file: ${left} stays changed` };
  }
  if (first !== undefined) {
    const what = listed((remaining ?? []).map(({ difference }) => differenceText(difference)));
    return { possible: false, reason: `the schema is not what it was: ${what}` };
  }
  if (remaining === null || valuesLost === null) {
    const isBlind = way.looks.size === 0 || valuesLost === null;
    return {
      possible: null,
      reason: isBlind ? 'what is there after it was not recorded' : 'the way back did not come to its end',
    };
  }
  return { possible: true, reason: null };
}

function placeOf(failed: WayBack['from']): string {
  const place = failedAt(failed);
  return place === undefined ? '' : ` at ${place}`;
}

function stepIn({ run }: WayBack['from']): string {
  return stepTitle(run).replace('Step', 'step');
}
