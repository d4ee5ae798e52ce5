import type { RunFolder } from '../../../artifacts/run-folder.ts';
import type { Result } from './result.ts';

/** A folder and what its evidence comes to. */
export interface Judged {
  readonly folder: RunFolder;
  readonly result: Result;
  /** Of a run that has several; each with its own folder. */
  readonly playings: readonly Judged[];
}
