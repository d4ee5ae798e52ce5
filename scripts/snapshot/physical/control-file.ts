import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';

/** PG_CONTROL_FILE_SIZE */
const SIZE_BYTES = 8192;
/** PG_CONTROL_VERSION of PostgreSQL 10 to 18 and some beyond. */
const VERSIONS = { least: 900, most: 9999 };
const MS_PER_S = 1000;

/** DBState (src/include/catalog/pg_control.h), the same in all versions since 9.3. */
const STATES = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
];

/** What stands at the head of `global/pg_control`. */
export interface ControlFile {
  /** As pg_controldata prints it. */
  readonly systemIdentifier: string;
  /** Such as `in production`. */
  readonly state: string;
  readonly isShutDown: boolean;
  /** When it was last written. */
  readonly time: Date;
  readonly sha256: string;
}

/** @throws SNAPSHOT_INVALID where it is missing, cut, or of a machine with another byte order */
export async function readControlFile(dir: string, shown: string): Promise<ControlFile> {
  const bytes = await readFile(join(dir, 'global', 'pg_control')).catch(() => undefined);
  if (bytes === undefined)
    throw invalid(`${shown} is no data folder of PostgreSQL: global/pg_control is missing`);
  if (bytes.length !== SIZE_BYTES)
    throw invalid(
      `${shown} is damaged: global/pg_control has ${bytes.length} bytes instead of ${SIZE_BYTES}`,
    );
  const version = bytes.readUInt32LE(8);
  if (version < VERSIONS.least || version > VERSIONS.most)
    throw invalid(
      `${shown} is damaged, or of a machine with another byte order: its pg_control cannot be read`,
    );
  const state = STATES[bytes.readUInt32LE(16)] ?? 'unknown';
  return {
    systemIdentifier: bytes.readBigUInt64LE(0).toString(),
    state,
    isShutDown: state.startsWith('shut down'),
    time: new Date(Number(bytes.readBigInt64LE(24)) * MS_PER_S),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function invalid(message: string): RehearsalError {
  return new RehearsalError('SNAPSHOT_INVALID', message, {
    hint: 'Take the copy again, as pg_basebackup does it.',
  });
}
