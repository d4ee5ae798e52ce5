import type { AskedRecord } from '../../artifacts/records/records.ts';
import { mostFound, watchedSteps } from '../analysis/asked.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { StepResult } from './contract/result.ts';

/** As many as a chart can show. */
const MOST_POINTS = 600;

/** What a verify step found while other steps ran; nothing of any other step. */
export function watchResult(name: string, analysis: Analysis): Pick<StepResult, 'watch'> {
  const watched = watchedSteps(analysis.steps, analysis.evidence).find(
    ({ run }) => run.planned.name === name,
  );
  if (watched === undefined) return {};
  const { watch, asked, behind } = watched;
  const most = mostFound(asked);
  const answered = asked.filter(({ rows }) => rows !== null);
  return {
    watch: {
      everyMs: watch.everyMs,
      through: [...watch.through],
      asked: asked.length,
      unanswered: asked.length - answered.length,
      mostRows: most?.rows ?? null,
      mostDuring: most?.during ?? null,
      lastRows: answered.at(-1)?.rows ?? null,
      behindRows: mostFound(behind)?.rows ?? null,
      points: points(asked),
    },
  };
}

/** Of neighbours that share a place the one with most rows. */
function points(asked: readonly AskedRecord[]): NonNullable<StepResult['watch']>['points'] {
  const size = Math.max(1, Math.ceil(asked.length / MOST_POINTS));
  return Array.from({ length: Math.ceil(asked.length / size) }, (_, at) => {
    const group = asked.slice(at * size, (at + 1) * size);
    const { tMs = 0, rows = null } = mostFound(group) ?? group[0] ?? {};
    return { tMs, rows };
  });
}
