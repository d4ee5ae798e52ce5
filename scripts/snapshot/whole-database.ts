import { RehearsalError } from '../shared/errors.ts';
import type { StatementPiece } from '../pg/scanner/sql-piece.ts';

/**
 * What a dump says about its database as a whole (pg_dump --create) is left out: the rehearsal has a database of its own.
 * A dump of several databases is refused.
 */
export class WholeDatabase {
  readonly #leftOut: string[] = [];
  #connected: string | undefined;

  /** CREATE, ALTER, DROP, COMMENT ON, GRANT and REVOKE … ON DATABASE. */
  leavesOut({ words, line }: StatementPiece): boolean {
    const [first = '', second = '', third = ''] = words;
    const direct = /^(create|alter|drop)$/.test(first) && second === 'database';
    const comment = first === 'comment' && third === 'database';
    const on = words.indexOf('on');
    const privilege = /^(grant|revoke)$/.test(first) && on > 0 && words[on + 1] === 'database';
    if (!direct && !comment && !privilege) return false;
    this.#leftOut.push(`${first.toUpperCase()}${direct ? '' : ' ON'} DATABASE (line ${line})`);
    return true;
  }

  /** @throws SNAPSHOT_INVALID where a second database begins */
  connect(database: string, line: number, shown: string): void {
    if (this.#connected !== undefined && this.#connected !== database) {
      throw new RehearsalError(
        'SNAPSHOT_INVALID',
        `${shown} holds more than one database: ${this.#connected}, and from line ${line} on ${database}`,
        { hint: `Take a dump of the one to rehearse: pg_dump ${database}` },
      );
    }
    this.#connected = database;
  }

  get warnings(): string[] {
    if (this.#leftOut.length === 0) return [];
    return [`Statements about the database as a whole were left out: ${this.#leftOut.join(', ')}.`];
  }
}
