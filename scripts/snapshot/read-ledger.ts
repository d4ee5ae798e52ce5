import { execa } from 'execa';
import { relative } from 'node:path';
import { Readable } from 'node:stream';
import type { Known } from '../plan/migrations/known.ts';
import { knownToLedger, ledgerOf } from '../plan/migrations/known-to-ledger.ts';
import type { LedgerRow } from '../plan/migrations/ledgers.ts';
import type { SnapshotSource } from '../plan/model.ts';
import { withoutForeign } from '../shared/descriptors.ts';
import { RehearsalError } from '../shared/errors.ts';
import { readArchiveHeader } from './archive/archive-files.ts';
import { majorOf } from './archive/archive-header.ts';
import { choosePgRestore, installedPgRestores } from './archive/find-pg-restore.ts';
import { detectFormat, type ArchiveFormat } from './snapshot-format.ts';
import { SourceStream } from './compressed/source-stream.ts';
import { rowsOfTable } from './table-rows.ts';

const NO_FILE = {
  command: 'is made by a command',
  remote: 'lies elsewhere',
  physical: 'is a physical copy',
  synthetic: 'has no rows of production',
} as const;
const PATIENCE_MS = 600_000;

/**
 * What a snapshot says by its migration tool's own table: read out of the file, without a database.
 * @throws USAGE where there is no such table, SNAPSHOT_INVALID
 */
export async function readLedger(
  snapshot: SnapshotSource,
  { tool }: { readonly tool: string | undefined },
  cwd: string,
): Promise<Known> {
  const ledger = ledgerOf(tool);
  if (snapshot.kind !== 'file' && snapshot.kind !== 'generator')
    throw new RehearsalError(
      'USAGE',
      `since: ledger reads the file of the snapshot, and this one ${NO_FILE[snapshot.kind]}`,
      {
        hint: 'name a git ref instead, such as since: origin/main',
      },
    );
  const shown = relative(cwd, snapshot.path);
  const format = await detectFormat(snapshot.path, shown);
  const content =
    format.type === 'sql'
      ? SourceStream.ofFile(snapshot.path, shown, format.compression).content()
      : await archivedTable(snapshot.path, shown, format.format, ledger.table);
  const rows: LedgerRow[] | undefined = content && (await rowsOfTable(content, ledger, shown));
  if (rows === undefined)
    throw new RehearsalError(
      'USAGE',
      `${shown} has no table ${ledger.table}, in which ${tool ?? ''} writes what it has run`,
      {
        hint: 'name a git ref instead, such as since: origin/main',
      },
    );
  return knownToLedger(ledger, rows);
}

/** The table as SQL; undefined where the archive does not have it. */
async function archivedTable(
  path: string,
  shown: string,
  format: ArchiveFormat,
  table: string,
): Promise<AsyncIterable<Buffer> | undefined> {
  const header = await readArchiveHeader(path, format);
  const major = majorOf(header?.dumpVersion ?? '');
  const program = choosePgRestore(await installedPgRestores(), major, major, shown);
  const { stdout, failed } = await execa(program.path, [`--table=${table}`, '--no-owner', '--file=-', path], {
    reject: false,
    timeout: PATIENCE_MS,
    maxBuffer: 256 * 1024 ** 2,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  if (failed)
    throw new RehearsalError('SNAPSHOT_INVALID', `pg_restore cannot read ${table} out of ${shown}`, {
      hint: 'take the dump again, or name a git ref instead, such as since: origin/main',
    });
  return stdout.trim() === '' ? undefined : Readable.from([Buffer.from(`${stdout}\n`)]);
}
