/** One part of a SQL dump, in the order of the file. `line` counts from 1 and is where the part begins. */
export type SqlPiece =
  | StatementPiece
  /** A `--` comment between two statements, without the dashes. */
  | { readonly type: 'comment'; readonly text: string; readonly line: number }
  /** A command of psql, such as `\connect shop`, without the backslash. */
  | { readonly type: 'meta'; readonly text: string; readonly line: number }
  /** Bytes of the COPY block that the statement before opened; whole lines are not promised. */
  | { readonly type: 'copy-data'; readonly bytes: Buffer }
  | { readonly type: 'copy-end' };

export interface StatementPiece {
  readonly type: 'statement';
  /** From its first token to its semicolon, as it stands in the file. */
  readonly bytes: Buffer;
  readonly line: number;
  /** Its first words outside of quotes, in lower case. */
  readonly words: readonly string[];
  /** `COPY … FROM stdin`: its data follows, from the next line on. */
  readonly copiesStdin: boolean;
}

/** What the input was in the middle of when it ended. */
export interface Unfinished {
  readonly inside: 'copy' | 'statement' | 'string' | 'name' | 'comment';
  /** The statement that was begun, with all of its bytes so far. */
  readonly statement: StatementPiece;
}
