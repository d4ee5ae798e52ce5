import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyntheticSource } from '../model.ts';
import { snapshotFacts, type SnapshotFacts } from '../production/snapshot-facts.ts';
import { productionOf } from '../production/snapshot-folder.ts';
import { defined } from '../schema/defined.ts';
import type { RehearsalConfig } from '../schema/schema.ts';
import type { Statistics } from '../statistics/statistics.ts';
import { readStatisticsText } from '../statistics/statistics-text.ts';
import type { Reading } from '../read/reading.ts';

type SyntheticConfig = Extract<RehearsalConfig['snapshot'], { readonly synthesize: string }>;

const AT = ['snapshot', 'synthesize'];
/** As `pg_dump --schema-only` writes it, in any format and compressed or not. */
const SCHEMA = /^schema\.(?:sql|dump|tar)(?:\.(?:gz|zst|lz4))?$/;
const STATISTICS = ['statistics.json', 'statistics.sql'];

/**
 * A folder with the schema of production, as `dump/` or `schema.sql`, and its statistics, as `statistics.json` or
 * `statistics.sql`; with `facts.json` it is also known when they were taken. Undefined where something is missing.
 */
export async function readSynthetic(
  { synthesize, scale, seed, takenAt }: SyntheticConfig,
  settings: Readonly<Record<string, unknown>>,
  reading: Reading,
): Promise<SyntheticSource | undefined> {
  const folder = reading.absolute(synthesize);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    reading.mistake(AT, found === undefined ? 'there is no folder {value}' : '{value} is not a folder');
    return undefined;
  }
  await reading.tellOutside(folder);
  const files = await readdir(folder).catch((): string[] => []);
  const path = await schemaIn(folder, files, reading);
  const statistics = await statisticsIn(folder, files, reading);
  const facts = files.includes('facts.json') ? await factsIn(folder, reading) : undefined;
  if (path === undefined || statistics === undefined) return undefined;
  return {
    kind: 'synthetic',
    path,
    statistics,
    scale,
    seed,
    ...defined({
      takenAt: takenAt ?? facts?.takenAt,
      production: facts && productionOf(facts, settings),
    }),
  };
}

async function schemaIn(
  folder: string,
  files: readonly string[],
  reading: Reading,
): Promise<string | undefined> {
  const isArchive = await stat(join(folder, 'dump', 'toc.dat')).then(
    (contents) => contents.isFile(),
    () => false,
  );
  if (isArchive) return join(folder, 'dump');
  const [schema, other] = files.filter((name) => SCHEMA.test(name)).sort();
  if (schema === undefined)
    reading.mistake(
      AT,
      '{value} has no schema: neither dump/, as snapshot take writes it, nor schema.sql, as pg_dump --schema-only does',
    );
  else if (other !== undefined) reading.mistake(AT, `{value} has two schemas: ${schema} and ${other}`);
  return schema === undefined ? undefined : join(folder, schema);
}

async function statisticsIn(
  folder: string,
  files: readonly string[],
  reading: Reading,
): Promise<Statistics | undefined> {
  const name = STATISTICS.find((one) => files.includes(one));
  if (name === undefined) {
    reading.mistake(
      AT,
      '{value} has no statistics: neither statistics.json, as snapshot take writes it, nor statistics.sql, as pg_dump --statistics-only of PostgreSQL 18 does',
    );
    return undefined;
  }
  const text = await reading.text(join(folder, name));
  const read = text === undefined ? undefined : await readStatisticsText(text);
  if (read === undefined) return undefined;
  if ('mistake' in read) reading.mistakeIn(join(folder, name), undefined, read.mistake);
  else if (read.statistics.tables.every(({ rows }) => rows === 0))
    reading.mistakeIn(join(folder, name), undefined, 'has no table with rows');
  return 'statistics' in read ? read.statistics : undefined;
}

async function factsIn(folder: string, reading: Reading): Promise<SnapshotFacts | undefined> {
  const file = join(folder, 'facts.json');
  try {
    return snapshotFacts.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    reading.mistakeIn(file, undefined, 'is not what snapshot take writes');
    return undefined;
  }
}
