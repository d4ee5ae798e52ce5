import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { SnapshotRecord } from '../artifacts/records/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { PgSetting } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';
import { ARCHIVE_HEAD_BYTES, archiveText, directoryText } from './archive/archive-text.ts';
import type { Disarming } from './disarm/disarming.ts';
import type { Masking } from './mask/masking.ts';
import { peek } from './peek.ts';
import { withRestoreSession } from './restore-session.ts';
import { SqlRestore } from './restore-sql.ts';
import { requireText } from './cluster/require-text.ts';
import { archiveFormat, FORMAT_HEAD_BYTES, formatOfHead } from './snapshot-format.ts';
import type { Synthesis } from './synth/synthesis.ts';
import { SourceStream } from './compressed/source-stream.ts';
import { SqlPieces } from './text/sql-pieces.ts';

interface StreamOptions {
  readonly bytes: AsyncIterable<Buffer>;
  /** A generator's last statement needs no semicolon, and it may not be an archive. */
  readonly isGenerator: boolean;
  /** How messages call the source. */
  readonly shown: string;
  readonly endpoint: PgEndpoint;
  readonly settings: readonly PgSetting[];
  readonly signal: AbortSignal;
  readonly onObject: (name: string) => void;
  /** Called once, with a way to ask how many of the source's bytes have passed. */
  readonly onReading: (readBytes: () => number) => void;
  readonly masking?: Masking | undefined;
  readonly synthesis?: Synthesis | undefined;
  /** Called with each comment between statements. */
  readonly onComment?: ((text: string) => void) | undefined;
  readonly disarming: Disarming | undefined;
  /** `snapshot.database`: the one of several that is meant. */
  readonly database?: string | undefined;
}

type Restored = Pick<SnapshotRecord, 'kind' | 'sha256' | 'sourceBytes' | 'warnings'>;

/**
 * Fills the database from bytes that pass once, whatever `pg_dump` made of them: text or a custom or tar archive, either of
 * them compressed or not. What comes first tells what it is.
 * @throws SNAPSHOT_INVALID, RESTORE_FAILED, DISK_FULL, CONNECTION_FAILED
 */
export async function restoreStream(options: StreamOptions): Promise<Restored> {
  const { shown, endpoint, settings, signal, isGenerator, onObject, database } = options;
  const { masking, synthesis, onComment, disarming } = options;
  const { head, all } = await peek(options.bytes, FORMAT_HEAD_BYTES);
  const format = formatOfHead(head, shown);
  const source = new SourceStream(all, shown, format.type === 'sql' ? format.compression : 'none');
  options.onReading(() => source.readBytes);
  const pieces = new SqlPieces(shown, { openEnd: isGenerator });
  const inside = await peek(source.content(), ARCHIVE_HEAD_BYTES);
  const archived = archiveFormat(inside.head);
  if (archived !== undefined && isGenerator)
    throw new RehearsalError('SNAPSHOT_INVALID', `the generator ${shown} is an archive of pg_dump, not SQL`, {
      hint: 'Name it as source: of the snapshot instead.',
    });
  if (archived !== undefined) requireText(database, shown);
  const warnings = await withRestoreSession(endpoint, settings, signal, async (client) => {
    const restore = new SqlRestore(client, {
      pieces,
      shown,
      settings,
      onObject,
      masking,
      synthesis,
      onComment,
      disarming,
      database,
    });
    if (archived === undefined) return restore.run(inside.all);
    const archive = { head: inside.head, format: archived, bytes: inside.all, shown };
    return restore.run(archiveText({ ...archive, serverMajor: await majorVersion(client) }));
  });
  const sha256 = await source.sha256();
  const text = isGenerator ? 'generator' : 'plain';
  return { kind: archived === undefined ? text : 'archive', sha256, sourceBytes: source.readBytes, warnings };
}

/** As `restoreStream`, of a folder in pg_dump's directory format, by one connection. @returns what was left out, as sentences */
export async function restoreFolder(
  options: Omit<StreamOptions, 'bytes' | 'isGenerator' | 'onReading'> & {
    readonly path: string;
    readonly schemaOnly?: boolean;
  },
): Promise<string[]> {
  const { path, shown, endpoint, settings, signal } = options;
  const pieces = new SqlPieces(shown, { openEnd: false });
  return withRestoreSession(endpoint, settings, signal, async (client) => {
    const restore = new SqlRestore(client, { ...options, pieces });
    const serverMajor = await majorVersion(client);
    return restore.run(directoryText(path, shown, { serverMajor, schemaOnly: options.schemaOnly === true }));
  });
}

/** As `restoreFolder`, of which only the table of contents is read: it has the schema, and no row. */
export async function restoreSchemaFolder(
  options: Parameters<typeof restoreFolder>[0] & { readonly synthesis: Synthesis },
): Promise<Pick<Restored, 'sha256' | 'sourceBytes' | 'warnings'>> {
  const contents = await readFile(join(options.path, 'toc.dat'));
  const warnings = await restoreFolder({ ...options, schemaOnly: true });
  const sha256 = createHash('sha256').update(contents).digest('hex');
  return { sha256, sourceBytes: contents.length, warnings };
}

/** Of the server. */
async function majorVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  return rows[0]?.major ?? 0;
}
