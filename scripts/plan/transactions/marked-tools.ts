/** What a tool does with the transactions of a file. */
export interface Ways {
  readonly tool: string;
  /** `as-written` where the tool or the file does without a transaction. */
  readonly transaction: 'file' | 'single' | 'as-written';
  /**
   * It sends BEGIN, also around a single statement; without it a file is sent as one query. Behind a COMMIT of the file's own
   * there is no transaction, or another.
   */
  readonly begins?: 'once' | 'anew';
  /** It stumbles over the end of its transaction by a COMMIT of the file's own, which has committed by then. */
  readonly commitFails?: true;
  /**
   * What cannot run in a transaction makes it do without: `wholly` where nothing else is in the file; `apart`, around that
   * statement alone, and for a file that ends transactions of its own.
   */
  readonly divides?: 'wholly' | 'apart';
  /** A file that is taken out of its transaction goes out as one query, around which the server makes one. */
  readonly exemptIsOneQuery?: true;
  /** It sends the rows behind COPY … FROM STDIN, as psql does. */
  readonly copiesRows?: true;
  /** What to write where a statement cannot run in a transaction. */
  readonly remedy?: string;
}

/** A tool that marks the two directions in one file. */
export interface MarkedTool extends Ways {
  /** Undefined where the part that goes up begins with the file. */
  readonly up?: RegExp;
  readonly down: RegExp;
  /** A line that takes the file out of the tool's transaction. */
  readonly without?: RegExp;
  /** Its markers are words that anybody may write: only both of them tell of it. */
  readonly needsBoth?: true;
}

/** Those that hold the way there and the way back in one file, told apart by lines that are comments. */
export const MARKED_TOOLS: readonly MarkedTool[] = [
  {
    tool: 'goose',
    transaction: 'file',
    begins: 'once',
    remedy: 'write -- +goose NO TRANSACTION at the top of the file',
    up: /^--\s*\+goose\s+up\b/i,
    down: /^--\s*\+goose\s+down\b/i,
    without: /^--\s*\+goose\s+no\s+transaction\b/i,
  },
  {
    tool: 'dbmate',
    transaction: 'file',
    begins: 'anew',
    commitFails: true,
    remedy: 'give it a file of its own with -- migrate:up transaction:false',
    up: /^--\s*migrate:up\b/i,
    down: /^--\s*migrate:down\b/i,
    without: /^--\s*migrate:up\b.*\btransaction:\s*false\b/i,
    exemptIsOneQuery: true,
  },
  {
    tool: 'sql-migrate',
    transaction: 'file',
    begins: 'once',
    commitFails: true,
    remedy: 'write -- +migrate Up notransaction',
    up: /^--\s*\+migrate\s+up\b/i,
    down: /^--\s*\+migrate\s+down\b/i,
    without: /^--\s*\+migrate\s+up\b.*\bnotransaction\b/i,
  },
  {
    tool: 'micrate',
    transaction: 'as-written',
    up: /^--\s*\+micrate\s+up\b/i,
    down: /^--\s*\+micrate\s+down\b/i,
  },
  {
    tool: 'node-pg-migrate',
    transaction: 'single',
    up: /^--\s*up\s+migration\b/i,
    down: /^--\s*down\s+migration\b/i,
  },
  {
    tool: 'tern',
    transaction: 'file',
    begins: 'once',
    remedy: 'write ---- tern: disable-tx ---- at the top of the file',
    down: /^-{4}\s*create above \/ drop below\s*-{4}/i,
    without: /^-{4}\s*tern:\s*disable-tx\s*-{4}/i,
  },
  {
    tool: 'MyBatis Migrations',
    transaction: 'file',
    begins: 'anew',
    remedy: 'run it by another program, and write transaction: as-written for its step',
    down: /^--\s*\/\/\s*@undo\b/i,
  },
  {
    tool: 'Play evolutions',
    transaction: 'as-written',
    up: /^(?:#|--).*!Ups\b/,
    down: /^(?:#|--).*!Downs\b/,
  },
  {
    tool: 'rambler',
    transaction: 'as-written',
    up: /^--\s*rambler\s+up\b/i,
    down: /^--\s*rambler\s+down\b/i,
  },
  {
    tool: 'a tool that marks -- up and -- down',
    transaction: 'as-written',
    needsBoth: true,
    up: /^--[\s=@!]*up[\s=:]*$/i,
    down: /^--[\s=@!]*(?:down|undo|rollback)[\s=:]*$/i,
  },
];

/** Do lines of the file say that it is of this tool? */
export function isMarkedBy({ up, down, without, needsBoth }: MarkedTool, lines: readonly string[]): boolean {
  const [hasUp, hasDown] = [up, down].map((marker) => lines.some((line) => marker?.test(line) === true));
  if (needsBoth === true) return hasUp === true && hasDown === true;
  const isExempt = up === undefined && lines.some((line) => without?.test(line) === true);
  return hasUp === true || hasDown === true || isExempt;
}
