import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { plannedStep } from '../analysis/way-back/catalog-looks.ts';
import type { WayBack } from '../analysis/way-back/way-back.ts';
import { listed } from '../wording.ts';

/** Data exceptions and broken constraints (PostgreSQL's manual, appendix A): another row would have let the statement through. */
const FOR_ROWS = /^2[23]/;

/** `sql/undo.sql line 2` of a step that failed at a statement of a file; undefined for all others. */
export function failedAt({ run }: StepAnalysis): string | undefined {
  const { file = null, line = null } = run.end?.error ?? {};
  if (file === null) return undefined;
  return line === null ? file : `${file} line ${line}`;
}

/** Whether a step on the way back was refused for what rows hold. */
function isForRows({ run }: StepAnalysis): boolean {
  return FOR_ROWS.test(run.end?.error?.sqlstate ?? '');
}

/**
 * The step of the plan since which the way back fails there: the one that wrote the rows for which its undoing is refused, where
 * that is known and comes behind the step undone; else the step undone itself.
 */
export function closedBy(failed: StepAnalysis, way: WayBack, analysis: Analysis): StepAnalysis | undefined {
  const undone = plannedStep(failed, analysis.steps);
  if (undone === undefined || !isForRows(failed)) return undone;
  const since = refusedSince(failed, analysis) ?? unreadableSince(way);
  return since !== undefined && since.run.index > undone.run.index ? since : undone;
}

/** What to write where the rollback file is at fault; undefined where the file met no rows. */
export function undoAdvice(failed: StepAnalysis): string | undefined {
  const { way, files } = failed.run.planned;
  if (way?.kind !== 'back' || !isForRows(failed)) return undefined;
  const place = failedAt(failed) ?? listed(files);
  return `Write ahead of ${place} what becomes of the rows that it refuses, and put the file into one transaction, so that it is undone whole or not at all; or mark step ${way.of ?? ''} pointOfNoReturn: true.`;
}

/** By the rows that were counted when it was refused; undefined where they were there before the plan, or nobody counted. */
function refusedSince(failed: StepAnalysis, { evidence, steps }: Analysis): StepAnalysis | undefined {
  const record = (evidence.schema ?? []).find(
    (one) => one.type === 'refused-rows' && one.step === failed.run.planned.name,
  );
  if (record?.type !== 'refused-rows' || record.since.some(({ when }) => when === 'before')) return undefined;
  const first = record.since
    .map(({ step }) => steps.findIndex(({ run }) => run.planned.name === step))
    .toSorted((a, b) => a - b)[0];
  // Between two steps it is the traffic that the one before let in.
  return steps.slice(0, (first ?? -1) + 1).findLast(({ run }) => run.planned.way === undefined);
}

function unreadableSince({ valuesLost }: WayBack): StepAnalysis | undefined {
  return (valuesLost ?? [])
    .filter(({ how }) => how === 'unreadable')
    .map(({ since }) => since)
    .toSorted((a, b) => a.run.index - b.run.index)[0];
}
