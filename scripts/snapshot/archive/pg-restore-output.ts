import { registerNames, wordsOf } from '../../pg/messages/public-names.ts';
import { publicWords } from '../../pg/messages/public-text.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { diskFull } from '../restore-error.ts';

const CONNECTION_LOST = /server closed the connection|terminating connection|connection to server .* failed/i;
const BROKEN_OFF =
  /end of file|did not find magic string|could not find block ID|too short|could not uncompress|could not close data file/i;
/** Follows what pg_restore --verbose writes and keeps the first error. Lines are read as in the C locale. */
export class PgRestoreOutput {
  /** The table of contents' entry at hand, such as `INDEX orders_total`. */
  #entry = '';
  #error: string | undefined;
  #row: number | undefined;
  readonly #onObject: (name: string) => void;

  constructor(onObject: (name: string) => void) {
    this.#onObject = onObject;
  }

  line(text: string): void {
    if (this.#error !== undefined) {
      this.#row ??= copyLine(text);
      return;
    }
    const message = /^pg_restore: (?:\[[^\]]*\] )?(.*)$/.exec(text)?.[1];
    if (message === undefined) return;
    const entry = /^from TOC entry \d+; \d+ \d+ (.*)$/.exec(message)?.[1];
    if (entry !== undefined) {
      registerNames(wordsOf(entry));
      this.#entry = withoutOwner(entry);
    }
    const error = /^(?:error|fatal): (.*)$/.exec(message)?.[1];
    if (error !== undefined) this.#error = error;
    const object = /^(?:creating|processing data for|launching item \d+) (.*)$/.exec(message)?.[1];
    if (object !== undefined) this.#onObject(object.replaceAll('"', ''));
  }

  /** Why it ended with an error. `shown` is how messages call the archive; `hintFor` what to do about the server's message. */
  failure(
    shown: string,
    exitCode: number | undefined,
    hintFor: (message: string) => string | undefined,
  ): RehearsalError {
    const error = this.#error ?? `pg_restore ended with exit code ${exitCode ?? 'unknown'}`;
    if (/No space left on device/i.test(error)) return diskFull(shown);
    if (CONNECTION_LOST.test(error)) {
      return new RehearsalError(
        'CONNECTION_FAILED',
        `the connection to PostgreSQL was lost while restoring ${shown}`,
      );
    }
    if (!error.includes('ERROR:') && BROKEN_OFF.test(error)) {
      return truncatedArchive(shown, this.#entry);
    }
    const place = this.#entry === '' ? shown : `${shown}, ${this.#entry}`;
    const row = this.#row === undefined ? '' : `, row ${this.#row} of its data`;
    const hint = hintFor(error);
    return new RehearsalError('RESTORE_FAILED', `${place}${row}: ${publicError(error)}`, {
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** `part` is the one that breaks off, where it is known. */
export function truncatedArchive(shown: string, part: string): RehearsalError {
  const where = part === '' ? 'too early' : `in the middle of ${part}`;
  return new RehearsalError('SNAPSHOT_INVALID', `${shown} ends ${where}: the archive is truncated`, {
    hint: 'Copy the archive again, or take the dump again.',
  });
}

/** The server's part of an error line; COPY's rows and DETAIL stand on lines that are not read. */
function publicError(error: string): string {
  const server = /(?:ERROR|FATAL|PANIC):\s+(.*)$/.exec(error)?.[1];
  return server === undefined ? error : publicWords(server);
}

function copyLine(text: string): number | undefined {
  const match = /^CONTEXT: {2}COPY .*?, line (\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** `INDEX public orders_total shop` ends with the owner. */
function withoutOwner(entry: string): string {
  return entry.replace(/ \S*$/, '');
}
