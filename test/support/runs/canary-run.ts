import { join } from 'node:path';
import { sessionFolderOf } from '../../../infra/pulumi/session-folder.ts';
import { newSearch, searchFolder, searchProcesses, searchText, type Searched } from './canary.ts';
import { RehearseProcess } from '../rehearse-process.ts';
import type { TinyRehearsal } from '../tiny-rehearsal.ts';

const SAMPLE_MS = 150;
const STATE_MS = 500;

interface CanaryRun {
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

/**
 * The same on local hosts, where also what the engine of Pulumi keeps of them is looked through while it lasts: its project,
 * its home and the stack's state.
 */
export async function localCanaryRun(tiny: TinyRehearsal): Promise<CanaryRun & { readonly state: Searched }> {
  const searched = newSearch();
  const state = newSearch();
  const run = new RehearseProcess(['run', '.', '--verbose'], {
    cwd: tiny.dir,
    tmp: tiny.tmp,
    target: 'local',
  });
  const { work, home, state: stack } = await sessionFolderOf(await run.runId());
  const sampling = setInterval(() => {
    searchProcesses(searched);
    for (const folder of [work, home, stack]) searchFolder(folder, state);
  }, STATE_MS);
  const code = await run.end();
  clearInterval(sampling);
  searchText('stdout', run.stdout, searched);
  searchText('stderr', run.stderr, searched);
  for (const folder of [tiny.tmp, join(tiny.dir, 'runs')]) searchFolder(folder, searched);
  return { code, stdout: run.stdout, stderr: run.stderr, searched, state };
}

/** One line for people: what was looked through. */
export function searchLine(what: string, { files, bytes, found }: Searched): string {
  return `canary: ${what}: ${files} files, ${bytes} bytes searched, ${found.length} found\n`;
}
