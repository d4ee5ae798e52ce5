import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diffRuns } from '../../history/compare/diff.ts';
import { lastGood } from '../../history/compare/window.ts';
import { appendHistory, readHistory } from '../../history/lines/history-file.ts';
import { ciBranches } from '../../history/lines/ci-branches.ts';
import type { RunLine } from '../../history/lines/history-line.ts';
import { lineOfRun } from '../../history/lines/line-of-run.ts';
import { ownCpuModel } from '../../history/lines/machine-class.ts';
import { COMPARED_FILE } from '../../report/compared.ts';
import { asError } from '../../shared/errors.ts';
import type { CliContext } from '../context.ts';

/**
 * Adds the line of a run that has ended to the history beside its folder. A run that left no folder has none. That it could not be
 * written is told, and changes no verdict.
 * @param runPath absolute
 */
export async function remember(runPath: string, { io, out }: Pick<CliContext, 'io' | 'out'>): Promise<void> {
  try {
    const found = await lineOfRun(runPath, ownCpuModel());
    if (found === undefined) return;
    const line = inCompany(found, io.env[JOBS] ?? '1');
    await appendHistory(dirname(runPath), [line]);
    await compareWithLastGood(runPath, line, ciBranches(io.env).base).catch((error: unknown) => {
      out.note(`the report shows no earlier run beside it: ${asError(error).message}`);
    });
  } catch (error) {
    out.note(`the history has no line of ${basename(runPath)}: ${asError(error).message}`);
  }
}

/** Its report then shows what differs; without a good run before it there is nothing to show. */
async function compareWithLastGood(runPath: string, line: RunLine, base: string | null): Promise<void> {
  const { runs } = await readHistory(dirname(runPath));
  const before = lastGood(runs, line, base);
  if (before === undefined || line.verdict === null) return;
  const [{ comparedFrom }, { renderAgain }] = await Promise.all([
    import('../../history/render/compared.ts'),
    import('../../report/render-again.ts'),
  ]);
  const text = JSON.stringify(comparedFrom(diffRuns(before.line, line, runs), before.whose), null, 2);
  await writeFile(join(runPath, COMPARED_FILE), `${text}\n`);
  await renderAgain(runPath);
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
