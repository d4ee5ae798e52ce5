import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PLAYINGS_FOLDERS } from './former-names.ts';

/** A file, or what stands in the place of one, in the parts of a run folder that are evidence. */
interface EvidenceFile {
  /** In the run folder, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Such as `is a named pipe`; undefined = it is a regular file. */
  readonly oddity: string | undefined;
}

/** Reports lie beside these and can be made anew at any time. Only the plan has folders in it. */
const PARTS = ['artifacts', 'plan', 'private'];
const DEEPEST: Readonly<Record<string, number>> = { artifacts: 1, plan: 32, private: 32 };

/**
 * All that is evidence in a run folder, in the order of the paths; nothing is opened and no link is followed. Files whose name
 * begins with a dot are nobody's evidence: editors and file managers leave them.
 */
export async function evidenceFiles(runPath: string): Promise<EvidenceFile[]> {
  const found: EvidenceFile[] = [];
  for (const place of ['', ...(await playingPlaces(runPath))]) {
    for (const part of PARTS) await collect(runPath, `${place}${part}`, DEEPEST[part] ?? 1, found);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function playingPlaces(runPath: string): Promise<string[]> {
  const places: string[] = [];
  for (const folder of PLAYINGS_FOLDERS) {
    if ((await stateOf(runPath, folder))?.isDirectory() !== true) continue;
    places.push(...(await namesIn(join(runPath, folder))).map((name) => `${folder}/${name}/`));
  }
  return places;
}

async function collect(runPath: string, path: string, deep: number, found: EvidenceFile[]): Promise<void> {
  const stats = await stateOf(runPath, path);
  if (stats === undefined) return;
  if (!stats.isDirectory() || deep === 0) {
    found.push({ path, sizeBytes: stats.size, oddity: oddityOf(stats) });
    return;
  }
  for (const name of await namesIn(join(runPath, path))) {
    await collect(runPath, `${path}/${name}`, deep - 1, found);
  }
}

async function stateOf(runPath: string, path: string): Promise<Stats | undefined> {
  return lstat(join(runPath, path)).catch(() => undefined);
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => !name.startsWith('.'));
}

function oddityOf(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isFIFO()) return 'is a named pipe';
  if (stats.isDirectory()) return 'is a folder';
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  return 'is not a file';
}
