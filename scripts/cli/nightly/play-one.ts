import { z } from 'zod';
import { errorText, runRehearse } from '../../../infra/provider/rehearse-child.ts';
import { rehearseCommand } from '../../../infra/provider/rehearse-command.ts';
import { listRuns } from '../../history/list-runs.ts';
import { lineOfDead } from '../../history/lines/dead-line.ts';
import { appendHistory } from '../../history/lines/history-file.ts';
import { asError } from '../../shared/errors.ts';
import type { NightOutcome } from '../../nightly/outcome.ts';
import type { CliContext } from '../context.ts';
import { JOBS } from '../history/remember.ts';
import type { Chosen } from './choose-rehearsals.ts';

const resultSchema = z.object({ runId: z.string(), headline: z.string() });

/** Addresses and keys that the night needs and no plan: a command of the author's would see them. */
const NOT_FOR_RUNS = { REHEARSE_WEBHOOK: undefined, REHEARSE_WEBHOOK_SECRET: undefined };

export interface NightOptions {
  /** Absolute folder of run folders. */
  readonly outDir: string;
  readonly jobs: number;
  /** Handed to each run. */
  readonly args: readonly string[];
}

/** One rehearsal as a process of its own, which can be killed without the others. Never rejects. */
export async function playOne(
  { dir, shown, name }: Chosen,
  { outDir, jobs, args }: NightOptions,
  { io, out }: CliContext,
  signal: AbortSignal,
): Promise<NightOutcome> {
  const started = new Date();
  const fixed = { rehearsal: name, wasStarted: true, regressions: 0 };
  const took = (): number => Date.now() - started.getTime();
  try {
    const command = rehearseCommand({ ...process.env, ...io.env, ...NOT_FOR_RUNS, [JOBS]: String(jobs) });
    const end = await runRehearse(
      { ...command, cwd: io.cwd },
      ['run', dir, '--out', outDir, '--json', ...args],
      {
        signal,
        onLine: (line) => {
          out.note(`${shown}: ${line}`);
        },
      },
    );
    const result = parsed(end.stdout);
    const told = { ...fixed, exitCode: end.exitCode, durationMs: took() };
    if (result !== undefined) return { ...told, ...result };
    const runId = end.exitCode === null ? await rememberDead(outDir, name, started) : null;
    const headline = nothingNewIn(end.stdout) ?? errorText(end).split('\n')[0] ?? '';
    return { ...told, runId, headline };
  } catch (error) {
    return { ...fixed, exitCode: 1, durationMs: took(), runId: null, headline: asError(error).message };
  }
}

/** A run that was killed has no time to write its line: the night writes it. Null where not even its folder is there. */
async function rememberDead(outDir: string, name: string, since: Date): Promise<string | null> {
  const { runs } = await listRuns(outDir);
  const dead = runs.find(
    ({ rehearsal, outcome, startedAt }) =>
      rehearsal === name && outcome === 'running' && startedAt >= since.toISOString(),
  );
  if (dead === undefined) return null;
  await appendHistory(outDir, [lineOfDead(dead, new Date().toISOString())]);
  return dead.runId;
}

function parsed(stdout: string): z.infer<typeof resultSchema> | undefined {
  try {
    return resultSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

/** What a run says that has no migration to rehearse. */
function nothingNewIn(stdout: string): string | undefined {
  try {
    const told: unknown = JSON.parse(stdout);
    return typeof told === 'object' && told !== null && 'nothingNew' in told
      ? String(told.nothingNew)
      : undefined;
  } catch {
    return undefined;
  }
}
