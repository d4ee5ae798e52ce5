import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RunRecord } from '../artifacts/records/records.ts';
import { NotAFileError, readPlainFile } from '../shared/files/plain-file.ts';
import { resultSchema, type Result } from '../checks/result/contract/result.ts';

/** One run folder in a few words. */
export interface RunSummary {
  readonly runId: string;
  /** Absolute. */
  readonly path: string;
  readonly rehearsal: string;
  readonly target: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number | null;
  /** Null: the run has not been judged, because it still goes on or died. */
  readonly verdict: Result['verdict'] | null;
  readonly outcome: Result['outcome'];
  /** Message of the first finding; null where there is none. */
  readonly worstFinding: string | null;
}

/** Only what a list needs, so that a result of another version of the tool can still be listed. */
const judged = resultSchema
  .pick({
    runId: true,
    rehearsal: true,
    target: true,
    startedAt: true,
    endedAt: true,
    outcome: true,
    verdict: true,
  })
  .extend({ findings: z.array(z.object({ message: z.string() })) });

const unjudged = z.object({
  runId: z.string(),
  rehearsal: z.string(),
  target: z.string(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: judged.shape.outcome,
  problem: z.string().nullable(),
}) satisfies z.ZodType<Partial<RunRecord>>;

interface RunList {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** What should be a file of a run and is a pipe, a device, a socket or a folder; absolute paths. */
  readonly notFiles: readonly string[];
}

/** The runs in a folder of run folders; other folders are passed over. A missing folder has none. */
export async function listRuns(outDir: string): Promise<RunList> {
  const entries = await readdir(outDir, { withFileTypes: true }).catch(() => []);
  const runs: RunSummary[] = [];
  const notFiles: string[] = [];
  for (const entry of entries) {
    const run = entry.isDirectory() ? await summarise(join(outDir, entry.name), notFiles) : undefined;
    if (run) runs.push(run);
  }
  runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt) || b.runId.localeCompare(a.runId));
  return { runs, notFiles };
}

async function summarise(path: string, notFiles: string[]): Promise<RunSummary | undefined> {
  const result = judged.safeParse(await readJson(join(path, 'result.json'), notFiles));
  if (result.success) {
    const { findings, endedAt, ...run } = result.data;
    return {
      ...run,
      path,
      durationMs: spanMs(run.startedAt, endedAt),
      worstFinding: findings[0]?.message ?? null,
    };
  }
  const record = unjudged.safeParse(await readJson(join(path, 'artifacts', 'run.json'), notFiles));
  if (!record.success) return undefined;
  const { endedAt, problem, ...run } = record.data;
  return { ...run, path, durationMs: spanMs(run.startedAt, endedAt), verdict: null, worstFinding: problem };
}

function spanMs(from: string, to: string | null): number | null {
  const ms = to === null ? NaN : Date.parse(to) - Date.parse(from);
  return Number.isFinite(ms) ? ms : null;
}

/** Undefined for a file that is missing or is not JSON: a run that died leaves such files. */
async function readJson(path: string, notFiles: string[]): Promise<unknown> {
  try {
    return JSON.parse((await readPlainFile(path)).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof NotAFileError) notFiles.push(path);
    return undefined;
  }
}
