import type { CommandSessionsRecord, CommandStatementRecord } from './command-records.ts';
import type { InterruptionRecord } from './interruption-record.ts';
import type { StatementRecord, StepError } from './statement-record.ts';

/** artifacts/steps.ndjson, in order of time. */
export type StepEvent =
  | StepStartRecord
  | StatementRecord
  | CommandStatementRecord
  | CommandSessionsRecord
  | AttemptRecord
  | InterruptionRecord
  | AskedRecord
  | StepEndRecord;

interface StepStartRecord {
  readonly type: 'step-start';
  readonly step: string;
  readonly tMs: number;
}

export interface StepEndRecord {
  readonly type: 'step-end';
  readonly step: string;
  readonly tMs: number;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly attempts: number;
  readonly error: StepError | null;
  /** Settings of the migration's own session as SHOW said them, such as lock_timeout. */
  readonly shown: Readonly<Record<string, string>>;
  /** Of a sql step that failed: how many statements its files hold. */
  readonly statements?: number;
}

/** A try of a unit that failed and was tried again. */
export interface AttemptRecord {
  readonly type: 'attempt';
  readonly step: string;
  readonly attempt: number;
  readonly tMs: number;
  readonly error: StepError;
  readonly pauseMs: number;
}

/** The questions of a verify step, asked while another one ran. */
export interface AskedRecord {
  readonly type: 'asked';
  /** The verify step whose questions they are. */
  readonly step: string;
  /** The step that ran meanwhile. */
  readonly during: string;
  readonly fromMs: number;
  readonly tMs: number;
  /** All that they found; null where one of them got no answer. */
  readonly rows: number | null;
  /** Why there was none. */
  readonly sqlstate: string | null;
}
