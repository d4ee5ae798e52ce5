import type { CompatibilityRecord } from '../../artifacts/records/records.ts';
import type { Analysis } from './analyse.ts';
import { lastActive } from './disturbances.ts';
import type { StepRun } from './step-runs.ts';

/** One cell of the compatibility matrix. */
export interface MatrixState {
  readonly record: CompatibilityRecord;
  /** After which it is so; behind a soak or a verify, the last step that did something. Null for the start. */
  readonly step: StepRun | null;
  /** It worked, or failed only as the app fails by itself. */
  readonly works: boolean;
  /** The version had traffic in that state. */
  readonly live: boolean;
  /** It is the version that the last deploy replaced. */
  readonly isLeft: boolean;
  /** The cell before it was not the same: here it broke, or here it has traffic for the first time. */
  readonly isNew: boolean;
}

/** Every cell in the order in which the scripts were tried. */
export function matrixStates({ evidence, steps, live, ownCells }: Analysis): MatrixState[] {
  const before = new Map<string, MatrixState>();
  const runs = steps.map(({ run }) => run);
  const stepOf = (name: string): StepRun | null => lastActive(runs, name) ?? null;
  return (evidence.compatibility ?? []).map((record) => {
    const state = live.find(({ after }) => after === record.after);
    const key = `${record.version}/${record.script}`;
    const previous = before.get(key);
    const works = record.ok || ownCells.has(record);
    const isLive = state?.live.includes(record.version) ?? false;
    const cell: MatrixState = {
      record,
      step: stepOf(record.after),
      works,
      live: isLive,
      isLeft: state?.left === record.version,
      isNew: previous?.works !== works || (isLive && !previous.live),
    };
    before.set(key, cell);
    return cell;
  });
}
