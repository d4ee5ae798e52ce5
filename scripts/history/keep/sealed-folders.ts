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

interface SealedFolder extends FolderFacts {
  /** Absolute. */
  readonly path: string;
}

interface SealedFolders {
  readonly sealed: readonly SealedFolder[];
  /** Folders that are no ended run of this tool, by name: nobody of us removes them. */
  readonly others: readonly string[];
}

/** The folders of ended runs: real ones, each with a seal and named as its own run record says. */
export async function sealedFolders(outDir: string): Promise<SealedFolders> {
  const sealed: SealedFolder[] = [];
  const others: string[] = [];
  const entries = await readdir(outDir, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())) {
    const folder = await sealedFolder(join(outDir, name), name);
    if (folder === undefined) others.push(name);
    else sealed.push(folder);
  }
  return { sealed, others };
}

/** Undefined for what is not, or not yet, an ended run's folder. */
export async function sealedFolder(path: string, name: string): Promise<SealedFolder | undefined> {
  if (!(await lstat(path)).isDirectory()) return undefined;
  const record = sealedRun.safeParse(await documentOf(join(path, 'artifacts', 'run.json')));
  if (!record.success || record.data.runId !== name) return undefined;
  const { runId, rehearsal, startedAt } = record.data;
  const result = judgedRun.safeParse(await documentOf(join(path, 'result.json')));
  return { path, runId, rehearsal, startedAt, passed: result.data?.verdict === 'pass' };
}

async function documentOf(path: string): Promise<unknown> {
  try {
    return JSON.parse((await readPlainFile(path)).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
