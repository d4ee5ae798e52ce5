import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readPlainFile } from '../../shared/files/plain-file.ts';
import type { FolderFacts } from './choose.ts';

/** What a run leaves when it has ended: its own id, and the seal over its evidence. */
const sealedRun = z.object({
  runId: z.string(),
  rehearsal: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  seal: z.object({
    files: z.array(z.object({ path: z.string() })),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});
const judgedRun = z.object({ verdict: z.string() });
/** As in a run id: `<rehearsal>-<UTC yyyymmdd-hhmmss>-<4 hex>`. */
const PARTS_OF_ID = /^(.+)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-[0-9a-f]{4}$/;

/** Who can tell the folder of a run that was killed from one that goes on, and from what is nobody's. */
export interface DeadRuns {
  /** The id of the dead run whose own folder that is; undefined wherever that is not proven. */
  deadRunOf(path: string, nowMs: number): Promise<string | undefined>;
  /** @throws Error where it is not ours (any more) */
  remove(path: string): Promise<void>;
}

export interface RunFolderFacts extends FolderFacts {
  /** Absolute. */
  readonly path: string;
}

interface RunFolders {
  readonly ours: readonly RunFolderFacts[];
  /** Folders that are no run of this tool that is over, by name: nobody of us removes them. */
  readonly others: readonly string[];
}

/** The folders of runs that are over: those that ended and those that were killed. */
export async function runFolders(outDir: string, dead: DeadRuns, nowMs: number): Promise<RunFolders> {
  const ours: RunFolderFacts[] = [];
  const others: string[] = [];
  const entries = await readdir(outDir, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())) {
    const path = join(outDir, name);
    const folder = (await sealedFolder(path, name)) ?? (await deadFolder(path, dead, nowMs));
    if (folder === undefined) others.push(name);
    else ours.push(folder);
  }
  return { ours, others };
}

/** A real folder with a seal, named as its own run record says; undefined for what is not, or not yet, an ended run's. */
export async function sealedFolder(path: string, name: string): Promise<RunFolderFacts | undefined> {
  if (!(await lstat(path)).isDirectory()) return undefined;
  const record = sealedRun.safeParse(await documentOf(join(path, 'artifacts', 'run.json')));
  if (!record.success || record.data.runId !== name) return undefined;
  const { runId, rehearsal, startedAt } = record.data;
  const result = judgedRun.safeParse(await documentOf(join(path, 'result.json')));
  return { path, runId, rehearsal, startedAt, isDead: false, passed: result.data?.verdict === 'pass' };
}

/** Its record may be missing or half: the id alone says of which rehearsal it is, and since when. */
async function deadFolder(path: string, dead: DeadRuns, nowMs: number): Promise<RunFolderFacts | undefined> {
  const runId = await dead.deadRunOf(path, nowMs);
  const [, rehearsal, ...at] = PARTS_OF_ID.exec(runId ?? '') ?? [];
  if (runId === undefined || rehearsal === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = at.map(Number);
  const startedAt = new Date(Date.UTC(year, month - 1, day, hour, minute, second)).toISOString();
  return { path, runId, rehearsal, startedAt, isDead: true, passed: false };
}

async function documentOf(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readPlainFile(path)).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
