import { basename, dirname } from 'node:path';
import { appendHistory } from '../../history/lines/history-file.ts';
import { lineOfRun } from '../../history/lines/line-of-run.ts';
import { ownCpuModel } from '../../history/lines/machine-class.ts';
import { asError } from '../../shared/errors.ts';
import type { CliContext } from '../context.ts';

/**
 * Adds the line of a run that has ended to the history beside its folder. A run that left no folder has none. That it could not be
 * written is told, and changes no verdict.
 * @param runPath absolute
 */
export async function remember(runPath: string, { out }: Pick<CliContext, 'out'>): Promise<void> {
  try {
    const line = await lineOfRun(runPath, ownCpuModel());
    if (line !== undefined) await appendHistory(dirname(runPath), [line]);
  } catch (error) {
    out.note(`the history has no line of ${basename(runPath)}: ${asError(error).message}`);
  }
}
