import { existsSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTimeOf } from '../shared/process-start.ts';
import { JOB_FILES } from './protocol.ts';

/** `ours`: do it. `taken`: another process is at it, or it is over. `dead`: the process that had it ended half-way. */
type Claim = 'ours' | 'taken' | 'dead';

/** Makes sure that a job is done once, however often it is started. The pid file appears with its content in one step. */
export async function claimJob(dir: string): Promise<Claim> {
  if (isDone(dir)) return 'taken';
  const own = `${process.pid} ${(await startTimeOf(process.pid)) ?? '?'}`;
  const path = join(dir, JOB_FILES.pid);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${own}\n`);
  try {
    await link(draft, path);
    return 'ours';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const alive = await isAlive((await readFile(path, 'utf8')).trim());
    return alive || isDone(dir) ? 'taken' : 'dead';
  } finally {
    await rm(draft, { force: true });
  }
}

function isDone(dir: string): boolean {
  return existsSync(join(dir, JOB_FILES.done));
}

async function isAlive(line: string): Promise<boolean> {
  const [pid = '', startTime] = line.split(' ');
  return startTime !== undefined && (await startTimeOf(Number(pid))) === startTime;
}
