import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { Asking } from './answer.ts';
import type { CaptureRights } from './capture-rights.ts';
import type { StepCatalog } from './step-catalog.ts';

/** What a unit runs with. */
export interface UnitRun extends Asking {
  readonly step: string;
  readonly attempt: number;
  /** In its session: what the unit before has left open is still there. */
  readonly isFirstTry: boolean;
  readonly catalog: StepCatalog;
  readonly rights: CaptureRights;
  readonly write: (record: StatementRecord) => void;
}
