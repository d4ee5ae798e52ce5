import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';

const NAME = '(?:"(?:[^"]|"")+"|[^\\s";]+)';
/** As PostgreSQL's manual has it under ALTER DATABASE and ALTER ROLE … IN DATABASE. */
const SETTING = new RegExp(
  `^(alter\\s+database\\s+|alter\\s+(?:role|user)\\s+${NAME}\\s+in\\s+database\\s+)(${NAME})(?=\\s+(?:set|reset)\\s)`,
  'i',
);
const IS_TABLESPACE = new RegExp(`^alter\\s+database\\s+${NAME}\\s+set\\s+tablespace\\s`, 'i');

/**
 * What a dump says about its database as a whole (pg_dump --create, pg_dumpall): the rehearsal has a database of its own, which takes over
 * the settings of the one that the dump is connected to. All else is left out.
 */
export class WholeDatabase {
  readonly #leftOut: string[] = [];
  readonly #target: string;
  #connected: string | undefined;

  /** @param target the rehearsal's own database */
  constructor(target: string) {
    this.#target = target;
  }

  connect(database: string): void {
    this.#connected = database;
  }

  /** The statement as it is to run here; undefined of one that is left out. */
  mapped(statement: StatementPiece): StatementPiece | undefined {
    const text = statement.bytes.toString('latin1');
    const setting = SETTING.exec(text);
    if (setting && !IS_TABLESPACE.test(text) && this.#isConnected(setting[2] ?? '')) {
      const [all, before = ''] = setting;
      const bytes = Buffer.from(`${before}${quoted(this.#target)}${text.slice(all.length)}`, 'latin1');
      return { ...statement, bytes };
    }
    return this.#leavesOut(statement) ? undefined : statement;
  }

  get warnings(): string[] {
    if (this.#leftOut.length === 0) return [];
    return [`Statements about the database as a whole were left out: ${this.#leftOut.join(', ')}.`];
  }

  /** CREATE, ALTER, DROP, COMMENT ON, GRANT and REVOKE … ON DATABASE. */
  #leavesOut({ words, line }: StatementPiece): boolean {
    const [first = '', second = '', third = ''] = words;
    const direct = /^(create|alter|drop)$/.test(first) && second === 'database';
    const comment = first === 'comment' && third === 'database';
    const on = words.indexOf('on');
    const privilege = /^(grant|revoke)$/.test(first) && on > 0 && words[on + 1] === 'database';
    if (!direct && !comment && !privilege) return false;
    this.#leftOut.push(`${first.toUpperCase()}${direct ? '' : ' ON'} DATABASE (line ${line})`);
    return true;
  }

  #isConnected(name: string): boolean {
    const database = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
    return this.#connected !== undefined && Buffer.from(this.#connected).toString('latin1') === database;
  }
}

function quoted(name: string): string {
  return Buffer.from(`"${name.replaceAll('"', '""')}"`).toString('latin1');
}
