import { basename, dirname } from 'node:path';
import { appendHistory } from '../../history/lines/history-file.ts';
import type { RunLine } from '../../history/lines/history-line.ts';
import { lineOfRun } from '../../history/lines/line-of-run.ts';
import { ownCpuModel } from '../../history/lines/machine-class.ts';
import { asError } from '../../shared/errors.ts';
import type { CliContext } from '../context.ts';

/**
 * Adds the line of a run that has ended to the history beside its folder. A run that left no folder has none. That it could not be
 * written is told, and changes no verdict.
 * @param runPath absolute
 */
export async function remember(runPath: string, { io, out }: Pick<CliContext, 'io' | 'out'>): Promise<void> {
  try {
    const line = await lineOfRun(runPath, ownCpuModel());
    if (line !== undefined) await appendHistory(dirname(runPath), [inCompany(line, io.env[JOBS] ?? '1')]);
  } catch (error) {
    out.note(`the history has no line of ${basename(runPath)}: ${asError(error).message}`);
  }
}

/** What a night tells each of its runs: how many go on side by side. */
export const JOBS = 'REHEARSE_JOBS';

/** Runs that share a machine are not like those that have it for themselves. */
function inCompany(line: RunLine, jobs: string): RunLine {
  if (jobs === '1' || line.machine === null) return line;
  return {
    ...line,
    machine: { ...line.machine, class: `${line.machine.class} · ${jobs} runs side by side` },
  };
}
