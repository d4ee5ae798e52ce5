import type { Remedy } from './remedy.ts';

/* What indexes, stored columns and policies compute. */

export const notImmutable: Remedy = {
  sqlstates: ['42P17'],
  cause: 'an index or a generated column is to keep what hangs on more than its row, such as TimeZone',
  instead:
    "What is kept may hang on nothing but the row: (made at time zone 'UTC')::date instead of made::date, to_char and concat written without settings. A wrapper that is called IMMUTABLE and is not makes an index that finds the wrong rows.",
  of({ message }) {
    return /must be marked IMMUTABLE|is not immutable/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const policyRecursion: Remedy = {
  sqlstates: ['42P17'],
  cause: 'a policy asks the table that it stands on, itself or by the policy of another table',
  instead:
    'Let the policy ask a function that is SECURITY DEFINER, has its own SET search_path and belongs to a role that row security does not bind: its query then meets no policy. Try it as the role of the app (load.role) before it is enabled.',
  of({ message }) {
    return /infinite recursion detected in policy/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const wideIndexRow: Remedy = {
  sqlstates: ['54000'],
  cause: 'a value is too long for an entry of the index: a third of a page at most',
  instead:
    'No B-tree takes a value above about 2,700 bytes, and every write of one fails: index an expression of it (md5(column), left(column, 200)) and ask by the same expression, or use a hash index where = is all that is asked; make that one first, and not an index of the whole value.',
  of({ message }) {
    return /^index row (size|requires)/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};
