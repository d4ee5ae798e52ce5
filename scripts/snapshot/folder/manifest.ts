import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { RehearsalError } from '../../shared/errors.ts';
import { snapshotFacts, type SnapshotFacts } from '../../plan/production/snapshot-facts.ts';
import { statisticsSchema, type Statistics } from '../../plan/statistics/statistics.ts';

const MANIFEST = 'manifest.json';
export const FACTS = 'facts.json';
/** What the planner knew of the dumped rows. */
export const STATISTICS = 'statistics.json';
/** pg_dump's directory format. */
export const DUMP = 'dump';

const manifestSchema = z.strictObject({
  format: z.literal('dress-rehearsal snapshot'),
  version: z.literal(1),
  /** Absent = `dump/` holds the rows; else it holds the schema alone. */
  rows: z.literal('not taken').exactOptional(),
  files: z.array(
    z.strictObject({
      /** With `/`, below the folder. */
      path: z.string(),
      bytes: z.number(),
      sha256: z.string(),
    }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

/** Writes down all files of the folder with their sizes and sums: what has no manifest is no snapshot. */
export async function writeManifest(
  folder: string,
  signal: AbortSignal,
  { withoutRows = false } = {},
): Promise<Manifest> {
  const files = await Promise.all((await filesIn(folder)).map((path) => entryOf(folder, path, signal)));
  const manifest: Manifest = {
    format: 'dress-rehearsal snapshot',
    version: 1,
    ...(withoutRows && { rows: 'not taken' }),
    files,
  };
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @throws SNAPSHOT_INVALID where it is none, or not whole */
export async function readManifest(folder: string, shown: string): Promise<Manifest> {
  return parsed(folder, MANIFEST, shown, manifestSchema);
}

/** Whether a folder holds rows, as its manifest says. @throws SNAPSHOT_INVALID */
export async function rowsOf(folder: string, shown: string): Promise<'taken' | 'not taken'> {
  return (await readManifest(folder, shown)).rows ?? 'taken';
}

/** @throws SNAPSHOT_INVALID */
export async function readFactsOf(folder: string, shown: string): Promise<SnapshotFacts> {
  return parsed(folder, FACTS, shown, snapshotFacts);
}

/** Null of a folder that was taken without. @throws SNAPSHOT_INVALID */
export async function readStatisticsOf(folder: string, shown: string): Promise<Statistics | null> {
  const { files } = await readManifest(folder, shown);
  if (!files.some(({ path }) => path === STATISTICS)) return null;
  return parsed(folder, STATISTICS, shown, statisticsSchema);
}

/** What is not as the manifest says, one sentence a file; empty where all is. @throws SNAPSHOT_INVALID */
export async function manifestMistakes(
  folder: string,
  shown: string,
  signal: AbortSignal,
): Promise<string[]> {
  const { files } = await readManifest(folder, shown);
  const there = new Set(await filesIn(folder));
  const wrong: string[] = [];
  for (const { path, bytes, sha256 } of files) {
    if (!there.delete(path)) {
      wrong.push(`${path} is missing`);
      continue;
    }
    const now = await entryOf(folder, path, signal);
    if (now.bytes !== bytes) wrong.push(`${path} has ${now.bytes} bytes, and not ${bytes}`);
    else if (now.sha256 !== sha256) wrong.push(`${path} has another content: its sha256 is ${now.sha256}`);
  }
  return [...wrong, ...[...there].map((path) => `${path} is not in the manifest`)];
}

async function parsed<T>(folder: string, file: string, shown: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is no whole snapshot: it has no ${file}`, {
      hint: 'rehearse snapshot take writes such a folder, and its manifest last',
    });
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new RehearsalError('SNAPSHOT_INVALID', `${join(shown, file)} is not what snapshot take writes`);
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return paths.filter((path) => path !== MANIFEST).sort();
}

async function entryOf(
  folder: string,
  path: string,
  signal: AbortSignal,
): Promise<Manifest['files'][number]> {
  const hash = createHash('sha256');
  let bytes = 0;
  const content: AsyncIterable<Buffer> = createReadStream(join(folder, path), { signal });
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
