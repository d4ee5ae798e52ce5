import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { knownRuns } from '../lines/known-runs.ts';
import { renderIndex } from './page.tsx';

const INDEX_FILE = 'index.html';

/** Writes the index of a folder of runs in one step; returns its path. */
export async function writeIndex(outDir: string, now: Date): Promise<string> {
  const history = await knownRuns(outDir);
  const reports = new Set(
    history.runs.map(({ runId }) => runId).filter((runId) => existsSync(join(outDir, runId, 'report.html'))),
  );
  const path = join(outDir, INDEX_FILE);
  await writeFile(`${path}.part`, renderIndex(history, { reports, now: now.toISOString() }));
  await rename(`${path}.part`, path);
  return path;
}
