import { join } from 'node:path';
import { newSearch, searchFolder, searchProcesses, searchText, type Searched } from './canary.ts';
import { RehearseProcess } from './rehearse-process.ts';
import type { TinyRehearsal } from './tiny-rehearsal.ts';

const SAMPLE_MS = 150;

export interface CanaryRun {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly searched: Searched;
}

/**
 * Runs a rehearsal on a database of canaries and looks for one in everything that it says or leaves behind: the terminal, all
 * processes while it runs, every file of its run folder but those in `private/`, and what is left in the temporary folder.
 */
export async function canaryRun(tiny: TinyRehearsal, ...more: readonly string[]): Promise<CanaryRun> {
  const searched = newSearch();
  const run = new RehearseProcess(['run', '.', '--verbose', ...more], { cwd: tiny.dir, tmp: tiny.tmp });
  const sampling = setInterval(() => {
    searchProcesses(searched);
  }, SAMPLE_MS);
  const code = await run.end();
  clearInterval(sampling);
  searchText('stdout', run.stdout, searched);
  searchText('stderr', run.stderr, searched);
  searchFolder(tiny.tmp, searched);
  searchFolder(join(tiny.dir, 'runs'), searched);
  return { code, stdout: run.stdout, stderr: run.stderr, searched };
}

/** One line for people: what was looked through. */
export function searchLine(what: string, { files, bytes, found }: Searched): string {
  return `canary: ${what}: ${files} files, ${bytes} bytes searched, ${found.length} found\n`;
}
