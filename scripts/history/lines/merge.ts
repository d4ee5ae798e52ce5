import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlainFile } from '../../shared/files/plain-file.ts';
import { knownRuns } from './known-runs.ts';
import { appendHistory, HISTORY_FILE, historyPath, parseLines, readHistory } from './history-file.ts';
import { lineOfRun } from './line-of-run.ts';
import type { HistoryLine } from './history-line.ts';

interface Merged {
  /** Lines that were added. */
  readonly added: number;
  /** Lines that were there before. */
  readonly known: number;
  /** What could not be read, as sentences. */
  readonly problems: readonly string[];
}

/**
 * Adds what other machines know: of history files, of folders of run folders, and of single run folders. What is there already is
 * not added again, so that the same artifacts can be merged twice.
 * @param sources absolute paths
 */
export async function mergeHistory(outDir: string, sources: readonly string[]): Promise<Merged> {
  const own = await readHistory(outDir);
  const ownText = await readPlainFile(historyPath(outDir)).catch(() => Buffer.alloc(0));
  const seen = new Set(parseLines(ownText.toString('utf8'), HISTORY_FILE).lines.map(identity));
  const fresh: HistoryLine[] = [];
  const problems: string[] = [...own.problems];
  let known = 0;
  for (const source of sources) {
    const found = await linesOf(source);
    problems.push(...found.problems);
    for (const line of found.lines) {
      if (seen.has(identity(line))) known += 1;
      else fresh.push(line);
      seen.add(identity(line));
    }
  }
  await appendHistory(outDir, fresh);
  return { added: fresh.length, known, problems };
}

/** A run has one line, whoever wrote it; notes and pins are as they are. */
function identity(line: HistoryLine): string {
  return line.kind === 'run' ? line.runId : JSON.stringify(line);
}

async function linesOf(source: string): Promise<{ lines: HistoryLine[]; problems: readonly string[] }> {
  if ((await stat(source)).isDirectory()) {
    const line = await lineOfRun(source, null);
    if (line !== undefined) return { lines: [line], problems: [] };
    const text = await readPlainFile(join(source, HISTORY_FILE)).catch(() => Buffer.alloc(0));
    const written = parseLines(text.toString('utf8'), join(source, HISTORY_FILE));
    const others = written.lines.filter(({ kind }) => kind !== 'run');
    return { lines: [...(await knownRuns(source)).runs, ...others], problems: written.problems };
  }
  const text = (await readPlainFile(source)).toString('utf8');
  return parseLines(text, source);
}
