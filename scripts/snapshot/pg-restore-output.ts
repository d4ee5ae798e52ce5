import { RehearsalError } from '../shared/errors.ts';
import { diskFull } from './restore-error.ts';

const CONNECTION_LOST = /server closed the connection|terminating connection|connection to server .* failed/i;
const BROKEN_OFF =
  /end of file|did not find magic string|could not find block ID|too short|could not uncompress|could not close data file/i;
/** Nouns after which PostgreSQL's messages quote a name; anything else in quotes may be a value out of a row. */
const NAMED =
  /\b(relation|column|constraint|type|function|procedure|schema|role|extension|index|trigger|sequence|table|view|operator|collation|language|method|tablespace|parameter|library|file|server|database|policy|publication|encoding|domain|cast|rule) ("(?:[^"]|"")*")/g;

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
    if (entry !== undefined) this.#entry = withoutOwner(entry);
    const error = /^(?:error|fatal): (.*)$/.exec(message)?.[1];
    if (error !== undefined) this.#error = error;
    const object = /^(?:creating|processing data for|launching item \d+) (.*)$/.exec(message)?.[1];
    if (object !== undefined) this.#onObject(object.replaceAll('"', ''));
  }

  /** Why it ended with an error. `shown` is how messages call the archive. */
  failure(shown: string, exitCode: number | undefined, hint: string | undefined): RehearsalError {
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
    return new RehearsalError('RESTORE_FAILED', `${place}${row}: ${publicMessage(error)}`, {
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

/** The server's part of an error line, without quoted values; COPY's rows and DETAIL stand on lines that are not read. */
function publicMessage(error: string): string {
  const server = /ERROR:\s+(.*)$/.exec(error)?.[1];
  if (server === undefined) return error;
  const names: string[] = [];
  const marked = server.replace(NAMED, (_, noun: string, name: string) => {
    names.push(name);
    return `${noun} \0${names.length - 1}\0`;
  });
  const clean = marked.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '"…"');
  return clean.replace(/\0(\d+)\0/g, (_, index: string) => names[Number(index)] ?? '');
}

function copyLine(text: string): number | undefined {
  const match = /^CONTEXT: {2}COPY .*?, line (\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** `INDEX public orders_total shop` ends with the owner. */
function withoutOwner(entry: string): string {
  return entry.replace(/ \S*$/, '');
}
