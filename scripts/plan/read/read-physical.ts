import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SnapshotSource } from '../model.ts';
import { backupParts } from '../physical-backup.ts';
import { defined } from '../schema/defined.ts';
import { isDatabase, isUrl, readableUrl, urlMistakes } from '../snapshot-url.ts';
import type { Reading } from './reading.ts';
import type { Parts } from './salvage.ts';

type PhysicalConfig = Extract<Parts['snapshot'], { readonly physical: string }>;

/** Such that production’s own reads hardly feel it. */
const RATE_BYTES_PER_SEC = 32e6;
/** What pg_basebackup --max-rate takes. */
const RATES = { least: 32 * 1024, most: 1024 ** 3 };
const ONLY_LIVE = 'is for a live server, such as postgres://user@host/shop';
const AT = ['snapshot', 'physical'];

/** A physical copy as it is written; whether it is a whole one shows when it is read. */
export async function physicalOf(config: PhysicalConfig, reading: Reading): Promise<SnapshotSource> {
  const { physical, database, maxRate, confined, takenAt } = config;
  const facts = { ...defined({ takenAt, database }), ...(confined === false && { confined }) };
  if (isUrl(physical)) {
    const secrets = Object.values(reading.source.environment);
    for (const wrong of urlMistakes(physical, secrets)) reading.mistake(AT, wrong);
    if (!isDatabase(physical)) {
      if (maxRate !== undefined) reading.mistake(['snapshot', 'maxRate'], ONLY_LIVE);
      return { kind: 'physical', tarUrl: physical, ...facts };
    }
    if (database !== undefined) reading.mistake(['snapshot', 'database'], 'stands in the URL already');
    if (maxRate !== undefined && (maxRate < RATES.least || maxRate > RATES.most))
      reading.mistake(['snapshot', 'maxRate'], '{value} is no rate of pg_basebackup: 33kB/s to 1GB/s');
    const url = readableUrl(physical);
    return { kind: 'physical', url, maxBytesPerSec: maxRate ?? RATE_BYTES_PER_SEC, ...facts };
  }
  if (maxRate !== undefined) reading.mistake(['snapshot', 'maxRate'], ONLY_LIVE);
  const path = reading.absolute(physical);
  const found = await stat(path).catch(() => undefined);
  if (!found) reading.mistake(AT, 'there is no file {value}');
  else if (found.isDirectory()) {
    const control = await stat(join(path, 'global', 'pg_control')).catch(() => undefined);
    if (!control && backupParts(await readdir(path)) === undefined)
      reading.mistake(
        AT,
        '{value} is neither a data folder of PostgreSQL, which has global/pg_control, nor what pg_basebackup --format=tar writes, which has base.tar',
      );
  } else if (!found.isFile()) reading.mistake(AT, '{value} is neither a file nor a folder');
  await reading.tellOutside(path);
  return { kind: 'physical', path, ...facts };
}
