import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { readHistory, type History } from './history-file.ts';
import type { RunLine } from './history-line.ts';
import { lineOfRun } from './line-of-run.ts';

/** The history of a folder of run folders, and with it those runs that lie there and are not in it. */
export async function knownRuns(outDir: string): Promise<History> {
  const history = await readHistory(outDir);
  const known = new Set(history.runs.map(({ runId }) => runId));
  const entries = await readdir(outDir, { withFileTypes: true }).catch(() => []);
  const more: RunLine[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory() || known.has(entry.name)) continue;
    const line = await lineOfRun(join(outDir, entry.name), null);
    if (line !== undefined && !known.has(line.runId)) more.push(line);
  }
  const runs = [...history.runs, ...more].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return { ...history, runs };
}

/**
 * A run by its id or by its folder, which may lie anywhere.
 * @throws RUN_NOT_FOUND
 */
export async function findRun(asked: string, { runs }: History, cwd: string): Promise<RunLine> {
  const path = resolve(cwd, asked);
  const known = runs.find(({ runId }) => runId === asked || runId === basename(path));
  const line = known ?? (existsSync(path) ? await lineOfRun(path, null) : undefined);
  if (line !== undefined) return line;
  throw new RehearsalError(
    'RUN_NOT_FOUND',
    `there is no run ${asked}, neither as a folder nor in the history`,
    {
      hint: 'rehearse list shows the runs that are here; --out names another folder of runs',
    },
  );
}
