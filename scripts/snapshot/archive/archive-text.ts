import { ProgramFailed, throughProgram } from '../compressed/through-program.ts';
import { cutPart } from './archive-completeness.ts';
import { readArchiveHeader } from './archive-files.ts';
import { majorOf, parseArchiveHeader } from './archive-header.ts';
import { choosePgRestore, installedPgRestores } from './find-pg-restore.ts';
import { PgRestoreOutput, truncatedArchive } from './pg-restore-output.ts';
import { RehearsalError } from '../../shared/errors.ts';

const TAR_HEADER_BYTES = 512;
/** What ends a tar file: two blocks of zeros. */
const TAR_END_BYTES = 1024;

/** As many first bytes as `archiveText` has to see. */
export const ARCHIVE_HEAD_BYTES = 4096;

interface StreamedArchive {
  readonly head: Buffer;
  readonly format: 'custom' | 'tar';
  readonly bytes: AsyncIterable<Buffer>;
  readonly shown: string;
  readonly serverMajor: number;
}

/**
 * An archive that comes as a stream, as the SQL that pg_restore makes of it: nothing of it lies on a disk, and one table follows
 * the other.
 * @throws SNAPSHOT_INVALID where it cannot be read or breaks off, RESTORE_FAILED where no pg_restore is new enough
 */
export async function* archiveText(archive: StreamedArchive): AsyncGenerator<Buffer> {
  const { head, format, shown, serverMajor } = archive;
  const header = parseArchiveHeader(format === 'tar' ? head.subarray(TAR_HEADER_BYTES) : head);
  if (header === undefined)
    throw new RehearsalError(
      'SNAPSHOT_INVALID',
      `${shown} begins like an archive of pg_dump, but its head cannot be read`,
    );
  const major = majorOf(header.dumpVersion);
  const program = choosePgRestore(await installedPgRestores(), major, serverMajor, shown);
  const end = new LastBytes(archive.bytes, TAR_END_BYTES);
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    yield* throughProgram(program.path, [`--format=${format}`, '--file=-'], end.bytes(), env);
  } catch (error) {
    throw error instanceof ProgramFailed ? explained(error, shown) : error;
  }
  // pg_restore takes what is left of a tar archive for the whole.
  if (format === 'tar' && !(await end.last()).every((byte) => byte === 0)) throw truncatedArchive(shown, '');
}

/** As `archiveText`, of a folder in pg_dump's directory format; of its schema alone nothing but its table of contents is read. */
export async function* directoryText(
  path: string,
  shown: string,
  { serverMajor, schemaOnly = false }: { readonly serverMajor: number; readonly schemaOnly?: boolean },
): AsyncGenerator<Buffer> {
  const header = await readArchiveHeader(path, 'directory');
  if (header === undefined)
    throw new RehearsalError('SNAPSHOT_INVALID', `the head of toc.dat in ${shown} cannot be read`);
  const cut = schemaOnly ? undefined : await cutPart(path, 'directory');
  if (cut !== undefined) throw truncatedArchive(shown, cut);
  const major = majorOf(header.dumpVersion);
  const program = choosePgRestore(await installedPgRestores(), major, serverMajor, shown);
  const env = { ...process.env, LC_ALL: 'C' };
  try {
    const only = schemaOnly ? ['--schema-only'] : [];
    yield* throughProgram(program.path, [...only, '--format=directory', '--file=-', path], nothing(), env);
  } catch (error) {
    throw error instanceof ProgramFailed ? explained(error, shown) : error;
  }
}

/** Of a program that is fed nothing. */
async function* nothing(): AsyncGenerator<Buffer> {}

function explained({ complaint, exitCode }: ProgramFailed, shown: string): RehearsalError {
  const output = new PgRestoreOutput(() => undefined);
  for (const line of complaint.split('\n')) output.line(line);
  return output.failure(shown, exitCode ?? undefined, () => undefined);
}

/** A stream that remembers how it ended, also where its reader did not want to know. */
class LastBytes {
  readonly #iterator: AsyncIterator<Buffer>;
  readonly #length: number;
  #last = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>, length: number) {
    this.#iterator = bytes[Symbol.asyncIterator]();
    this.#length = length;
  }

  async *bytes(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = await this.#iterator.next();
      if (next.done === true) return;
      const { value } = next;
      const all = value.length >= this.#length ? value : Buffer.concat([this.#last, value]);
      this.#last = Buffer.from(all.subarray(-this.#length));
      yield value;
    }
  }

  async last(): Promise<Buffer> {
    const rest = this.bytes();
    while (!(await rest.next()).done);
    return this.#last;
  }
}
