import { rm } from 'node:fs/promises';
import { asError } from '../../shared/errors.ts';
import { appendHistory, readHistory } from '../lines/history-file.ts';
import { lineOfRun } from '../lines/line-of-run.ts';
import { outdated, type KeepRule } from './choose.ts';
import { sealedFolder, sealedFolders } from './sealed-folders.ts';

interface Pruned {
  /** Ids of the runs whose folders went, or would. */
  readonly removed: readonly string[];
  /** As sentences. */
  readonly failures: readonly string[];
  /** Names of folders that are no ended run: left alone. */
  readonly others: readonly string[];
}

/**
 * Removes the folders of runs that the rule does not keep; the lines of the history stay, and one is added first where it is
 * missing.
 * @param execute false = only say what would go
 */
export async function pruneRuns(
  outDir: string,
  rule: KeepRule,
  { execute, nowMs }: { execute: boolean; nowMs: number },
): Promise<Pruned> {
  const [history, { sealed, others }] = await Promise.all([readHistory(outDir), sealedFolders(outDir)]);
  const going = outdated(sealed, history.pinned, rule, nowMs);
  if (!execute) return { removed: going.map(({ runId }) => runId), failures: [], others };
  const known = new Set(history.runs.map(({ runId }) => runId));
  const removed: string[] = [];
  const failures: string[] = [];
  for (const { path, runId } of going) {
    try {
      const line = known.has(runId) ? undefined : await lineOfRun(path, null);
      if (line !== undefined) await appendHistory(outDir, [line]);
      // Looked at once more: it may have been put in place of the other since.
      if ((await sealedFolder(path, runId)) === undefined) throw new Error('it is another folder by now');
      await rm(path, { recursive: true });
      removed.push(runId);
    } catch (error) {
      failures.push(`could not remove ${runId}: ${asError(error).message}`);
    }
  }
  return { removed, failures, others };
}
