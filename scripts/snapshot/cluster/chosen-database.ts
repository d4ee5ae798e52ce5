import type { SqlPiece } from '../../pg/scanner/sql-piece.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { parseMetaCommand } from '../text/meta-command.ts';

const CLUSTER = 'PostgreSQL database cluster dump';
const DATABASE_END = 'PostgreSQL database dump complete';
/** What every server has of its own; pg_dumpall writes them too. */
const TEMPLATE = 'template1';
const MAINTENANCE = 'postgres';

interface Choice {
  /** `snapshot.database`. */
  readonly wanted: string | undefined;
  /** How messages call the source. */
  readonly shown: string;
  /** Called where psql would begin a new session, also for a database that is passed over. */
  readonly onConnect?: () => void;
}

/**
 * Of a text that connects to several databases, as that of pg_dumpall does, what belongs to all of them and to the one that is rehearsed:
 * that which is wanted, else the only one there is. Of pg_dumpall, template1 is never meant, and postgres only by name.
 */
export class ChosenDatabase {
  readonly #choice: Choice;
  /** All that it connects to, in their order; true = it holds tables. */
  readonly #seen = new Map<string, boolean>();
  #chosen: string | undefined;
  #rival: string | undefined;
  #isCluster = false;
  /** Undefined before the first, and between two: what stands there makes the next one. */
  #current: string | undefined;

  constructor(choice: Choice) {
    this.#choice = choice;
  }

  /** @throws SNAPSHOT_INVALID at its end, with all names, where it is not clear which one is meant */
  async *pieces(read: AsyncIterable<SqlPiece>): AsyncGenerator<SqlPiece> {
    for await (const piece of read) if (this.#isMeant(piece)) yield piece;
    this.#requireOne();
  }

  /** What is worth knowing of those that were passed over, as sentences. */
  get notes(): string[] {
    const over = [...this.#seen].filter(([name, holds]) => name !== this.#chosen && holds);
    if (over.length === 0) return [];
    const names = over.map(([name]) => name).join(', ');
    return [
      `Of the databases in the dump, ${this.#chosen ?? ''} was restored; with tables, and not restored: ${names}.`,
    ];
  }

  #isMeant(piece: SqlPiece): boolean {
    if (piece.type === 'comment') this.#comment(piece.text);
    if (piece.type === 'meta') {
      const command = parseMetaCommand(piece.text);
      if (command.type === 'connect') this.#connect(command.database);
    }
    if (piece.type === 'statement' && this.#current !== undefined) {
      const [first, ...more] = piece.words;
      if (first === 'create' && more.slice(0, 3).includes('table')) this.#seen.set(this.#current, true);
    }
    const isBetween = this.#isCluster && this.#current === undefined && this.#seen.size > 0;
    return !isBetween && (this.#current === undefined || this.#current === this.#chosen);
  }

  #comment(text: string): void {
    if (text === CLUSTER) this.#isCluster = true;
    if (this.#isCluster && text === DATABASE_END) this.#current = undefined;
  }

  #connect(database: string): void {
    this.#current = database;
    this.#seen.set(database, this.#seen.get(database) ?? false);
    if (!this.#mayBe(database)) this.#choice.onConnect?.();
    else if (this.#chosen === undefined) this.#chosen = database;
    else if (this.#chosen !== database) this.#rival ??= database;
  }

  #mayBe(database: string): boolean {
    const { wanted } = this.#choice;
    if (wanted !== undefined) return database === wanted;
    return !this.#isCluster || ![TEMPLATE, MAINTENANCE].includes(database);
  }

  #requireOne(): void {
    const { wanted, shown } = this.#choice;
    const names = [...this.#seen.keys()].filter((name) => name !== TEMPLATE).join(', ');
    if (wanted !== undefined && this.#chosen === undefined) {
      const holds = names === '' ? 'it is the dump of one, and does not name it' : `it holds ${names}`;
      const hint = names === '' ? 'Leave snapshot.database out.' : 'Name one of these as snapshot.database.';
      throw invalid(`${shown} holds no database ${wanted}: ${holds}`, hint);
    }
    if (this.#rival !== undefined)
      throw invalid(
        `${shown} holds more than one database: ${names}`,
        `Say which one to rehearse: snapshot: { database: ${this.#chosen ?? ''} }`,
      );
    if (!this.#isCluster || this.#chosen !== undefined || this.#seen.size === 0) return;
    throw invalid(
      `${shown} holds no database but ${MAINTENANCE}`,
      `Where that is the one to rehearse, write snapshot: { database: ${MAINTENANCE} }`,
    );
  }
}

function invalid(message: string, hint: string): RehearsalError {
  return new RehearsalError('SNAPSHOT_INVALID', message, { hint });
}
