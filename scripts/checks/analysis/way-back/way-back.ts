import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { WAYS } from '../../../plan/model.ts';
import type { Analysis, StepAnalysis } from '../analyse.ts';
import { isAppOff } from '../traffic/live-versions.ts';
import { largest } from '../largest.ts';
import { matrixStates, type MatrixState } from '../matrix.ts';
import { statusOf } from '../step-runs.ts';
import {
  catalogLooks,
  plannedStep,
  remainingAfter,
  type CatalogLooks,
  type Remaining,
} from './catalog-looks.ts';

/** Values, or whole rows, that the version before has no more. */
export interface LostOnTheWay {
  readonly lost: LostValues;
  /** Dropped by an undoing, cut by it to what its column was, or there and nothing that the version before knows. */
  readonly how: 'dropped' | 'cut' | 'unreadable';
  /** The undoing; of what is unreadable the last one. */
  readonly undo: StepAnalysis;
  /** Since when they were written, or the step that dropped the column that they stood in. */
  readonly since: StepAnalysis;
}

/** A playing that turned around: what the way back came to. */
export interface WayBack {
  /** The step that it turned around behind. */
  readonly from: StepAnalysis;
  /** False where the plan did not come so far. */
  readonly isBegun: boolean;
  /** The step on the way back, or the questions after it, that failed. */
  readonly failed: StepAnalysis | undefined;
  /** From its first step to the end of its last one. */
  readonly durationMs: number;
  /** That the traffic took to move back, over all deploys that were taken back; null where there was none. */
  readonly switchBackMs: number | null;
  /** By one statement, for its wait and its hold. */
  readonly longestStopMs: number;
  /** On the way back and in the soak after it; not those that the app fails by itself. */
  readonly requestsFailed: number;
  /** What is not as before the plan; null where the way back did not come to its end or nobody looked. */
  readonly remaining: readonly Remaining[] | null;
  /** Scripts of a version with traffic that do not work, on the way back or after it. */
  readonly broken: readonly MatrixState[];
  /** Null where an undoing was not counted. */
  readonly valuesLost: readonly LostOnTheWay[] | null;
  /** The plan's first steps went through a second time; null where they were not tried. */
  readonly forwardAgain: boolean | null;
  readonly looks: CatalogLooks;
}

/** Undefined where the plan was played to its end. */
export function wayBackOf(analysis: Analysis): WayBack | undefined {
  const { steps, failures } = analysis;
  const of = (kind: (typeof WAYS)[number]): StepAnalysis[] =>
    steps.filter(({ run }) => run.planned.way?.kind === kind);
  const [back, soak, ask, again] = [of('back'), of('soak'), of('ask'), of('again')];
  const from = steps.findLast(({ run }) => run.planned.way === undefined);
  if (soak.length === 0 || from === undefined) return undefined;
  const failed = [...back, ...ask].find(({ run }) => run.end?.status === 'failed');
  const isBegun = statusOf(from.run) === 'ok' && [...back, ...soak].some(({ run }) => run.window !== null);
  const isDone = soak.every(({ run }) => run.window !== null);
  const looks = catalogLooks(analysis);
  const last = back.at(-1) ?? from;
  const windows = back.flatMap(({ run }) => (run.window === null ? [] : [run.window]));
  const own = failures.filter(({ step, own: isOwn }) => isBack(step?.planned.way?.kind) && isOwn !== true);
  return {
    from,
    isBegun,
    failed,
    looks,
    durationMs: (windows.at(-1)?.toMs ?? 0) - (windows[0]?.fromMs ?? 0),
    switchBackMs: switchBackMs(back),
    longestStopMs: largest(back.filter((step) => !isAppOff(step, analysis)).flatMap(stopsMs)),
    requestsFailed: own.reduce((sum, { rows }) => sum + rows.length, 0),
    remaining: isDone && looks.has(last.run.planned.name) ? remainingAfter(last, steps, looks) : null,
    broken: matrixStates(analysis).filter(
      ({ works, live, step }) => !works && live && isBack(step?.planned.way?.kind),
    ),
    valuesLost: lostValues(back, analysis),
    forwardAgain: triedAgain(again),
  };
}

function lostValues(back: readonly StepAnalysis[], { evidence, steps }: Analysis): LostOnTheWay[] | null {
  const records = new Map(
    (evidence.rollback ?? []).flatMap((record) =>
      record.type === 'values' ? [[record.step, record.lost] as const] : [],
    ),
  );
  const done = back.filter(({ run }) => run.planned.kind === 'sql' && statusOf(run) === 'ok');
  if (!done.every(({ run }) => records.has(run.planned.name))) return null;
  const lostBy = (
    undo: StepAnalysis,
    how: LostOnTheWay['how'] | null,
    all: readonly LostValues[],
  ): LostOnTheWay[] =>
    all.flatMap((lost) => {
      const since = steps.find(({ run }) => run.planned.name === lost.since);
      if (since === undefined || lost.count === 0) return [];
      return [{ lost, how: how ?? (lost.limit === undefined ? 'dropped' : 'cut'), undo, since }];
    });
  // What stands there is asked after each undoing: the last answer is what the version before lives with.
  const last = (evidence.rollback ?? []).findLast((record) => record.type === 'unreadable');
  return back.flatMap((undo) => {
    const { name } = undo.run.planned;
    return [
      ...lostBy(undo, null, records.get(name) ?? []),
      ...lostBy(undo, 'unreadable', last?.step === name ? last.values : []),
    ];
  });
}

/** The step of the plan since which a script does not work in a state on the way back. */
export function brokenBy(state: MatrixState, analysis: Analysis): StepAnalysis | undefined {
  const { record } = state;
  const own = matrixStates(analysis).filter(
    (one) => one.record.version === record.version && one.record.script === record.script,
  );
  const at = own.findIndex((one) => one.record === record);
  const worked = own.slice(0, at).findLastIndex(({ works }) => works);
  const began = own[worked + 1]?.step;
  const step = analysis.steps.find(({ run }) => run === began);
  return step && plannedStep(step, analysis.steps);
}

function isBack(kind: string | undefined): boolean {
  return kind === 'back' || kind === 'soak';
}

function stopsMs({ statements, outside }: StepAnalysis): number[] {
  return [...statements.map(({ blackoutMs }) => blackoutMs), outside?.blackoutMs ?? 0];
}

function switchBackMs(back: readonly StepAnalysis[]): number | null {
  const switches = back.flatMap(({ run: { planned, window } }) =>
    planned.deploy === null || window === null ? [] : [window.toMs - window.fromMs],
  );
  return switches.length === 0 ? null : switches.reduce((sum, ms) => sum + ms, 0);
}

function triedAgain(again: readonly StepAnalysis[]): boolean | null {
  if (again.some(({ run }) => run.end?.status === 'failed')) return false;
  return again.length > 0 && again.every(({ run }) => statusOf(run) === 'ok') ? true : null;
}
