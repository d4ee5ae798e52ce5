import { rm } from 'node:fs/promises';
import { asError } from '../../shared/errors.ts';
import { appendHistory, readHistory } from '../lines/history-file.ts';
import { lineOfDead } from '../lines/dead-line.ts';
import type { RunLine } from '../lines/history-line.ts';
import { lineOfRun } from '../lines/line-of-run.ts';
import { listRuns } from '../list-runs.ts';
import { outdated, type KeepRule } from './choose.ts';
import { runFolders, sealedFolder, type DeadRuns, type RunFolderFacts } from './run-folders.ts';

interface Pruned {
  /** Ids of the runs whose folders went, or would. */
  readonly removed: readonly string[];
  /** As sentences. */
  readonly failures: readonly string[];
  /** Names of folders that are no run that is over: left alone. */
  readonly others: readonly string[];
}

interface Pruning {
  readonly rule: KeepRule;
  readonly dead: DeadRuns;
  /** False = only say what would go. */
  readonly execute: boolean;
  readonly nowMs: number;
}

/**
 * Removes the folders of runs that the rule does not keep; the lines of the history stay, and one is added first where it is
 * missing.
 */
export async function pruneRuns(outDir: string, { rule, dead, execute, nowMs }: Pruning): Promise<Pruned> {
  const [history, { ours, others }] = await Promise.all([
    readHistory(outDir),
    runFolders(outDir, dead, nowMs),
  ]);
  const going = outdated(ours, history.pinned, rule, nowMs);
  if (!execute) return { removed: going.map(({ runId }) => runId), failures: [], others };
  const known = new Set(history.runs.map(({ runId }) => runId));
  const removed: string[] = [];
  const failures: string[] = [];
  for (const folder of going) {
    const { path, runId } = folder;
    try {
      const line = known.has(runId) ? undefined : await lineOf(folder, outDir);
      if (line !== undefined) await appendHistory(outDir, [line]);
      if (folder.isDead) await dead.remove(path);
      else await removeSealed(path, runId);
      removed.push(runId);
    } catch (error) {
      failures.push(`could not remove ${runId}: ${asError(error).message}`);
    }
  }
  return { removed, failures, others };
}

/** Undefined for a run that was killed before it said anything. */
async function lineOf({ path, runId, isDead }: RunFolderFacts, outDir: string): Promise<RunLine | undefined> {
  if (!isDead) return lineOfRun(path, null);
  const summary = (await listRuns(outDir)).runs.find((run) => run.runId === runId);
  return summary && lineOfDead(summary, null);
}

async function removeSealed(path: string, runId: string): Promise<void> {
  // Looked at once more: it may have been put in place of the other since.
  if ((await sealedFolder(path, runId)) === undefined) throw new Error('it is another folder by now');
  await rm(path, { recursive: true });
}
