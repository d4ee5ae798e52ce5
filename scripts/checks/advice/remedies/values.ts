import { StatementTree } from '../../../pg/sql/statement-tree.ts';
import type { Remedy } from './remedy.ts';
import { keywordsOf } from './statement-words.ts';

export const enumValue: Remedy = {
  sqlstates: ['22P02'],
  cause: 'a value of an enum was renamed or taken away while a version still writes or asks for it',
  instead:
    'Add the new value beside the old one (ALTER TYPE … ADD VALUE), let every version read both, deploy what writes the new one, move the rows in a backfill, and leave the old value in place. Prepared statements keep the value by its oid, so traffic may hide it: each new connection fails.',
  of({ message, sql }) {
    const isEnum = /for enum/.test(message) || /rename\s+value/i.test(sql);
    return isEnum ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const outOfRange: Remedy = {
  sqlstates: ['22003'],
  cause: 'a number does not fit the column: a key was widened, and a column that refers to it was not',
  instead:
    'Widen every column that holds the value, those that refer to it first and the key last: foreign keys, copies without one, variables and parameters of functions.',
};

export const tooLong: Remedy = {
  sqlstates: ['22001'],
  cause: 'a text does not fit a column that was made shorter',
  instead:
    'Let the app write short values first, shorten the rows in a backfill, hold it by a CHECK that is added NOT VALID and validated, and change the type last or never.',
};

export const nullRows: Remedy = {
  sqlstates: ['23502'],
  cause: 'a row without a value came where NOT NULL was set',
  instead:
    'Default first, then backfill, NOT NULL last: give the column a default or a trigger, so that versions that do not know it write a value too, fill the rows that are there, and set NOT NULL when every version with traffic fills it.',
  of({ who, message, version, sql }) {
    const column = /null value in column "([^"…]+)"/.exec(message)?.[1];
    const which = column === undefined ? 'the column' : column;
    if (who === 'app' && /\bdrop\s+(default|identity|expression|trigger)\b/i.test(sql)) {
      return {
        advice: `${version ?? 'The app'} still writes rows without ${which}, and what gave it a value is gone: keep it until no version with traffic leaves ${which} out.`,
        insteadSql: null,
      };
    }
    const cause =
      who === 'app'
        ? `${version ?? 'The app'} still writes rows without ${which}.`
        : /contains null values/.test(message)
          ? 'Rows without a value were there, or came after the backfill had passed.'
          : '';
    return { advice: `${cause} ${this.instead}`.trim(), insteadSql: null };
  },
};

const STARTS_AGAIN = /^\s*(alter\s+sequence\b.*\brestart|select\b.*\bsetval|alter\s+table\b.*\brestart)/is;
const NEW_SEQUENCE = /\brename to\b|\bidentity\b|serial|\bsequence\b|setval/;

/** A table or column whose numbers begin anew. A new index or constraint has none, whatever its columns are called. */
function beginsAnew(sql: string): boolean {
  const node = StatementTree.parse(sql)?.node;
  if (node !== undefined && 'IndexStmt' in node) return false;
  const cmds = node !== undefined && 'AlterTableStmt' in node ? (node.AlterTableStmt.cmds ?? []) : [];
  const onlyRules = cmds.every(
    (one) => 'AlterTableCmd' in one && one.AlterTableCmd.subtype === 'AT_AddConstraint',
  );
  return !(cmds.length > 0 && onlyRules) && NEW_SEQUENCE.test(keywordsOf(sql));
}

export const duplicateWrites: Remedy = {
  sqlstates: ['23505'],
  cause: 'a version with traffic writes the same key twice under a new unique index',
  instead:
    'Deploy what writes each key once before the unique index. ON CONFLICT helps where it covers that index: without columns (DO NOTHING) it does so before and after the index is made; with its columns it fails (42P10) until the index is there; with those of another index it never covers this one.',
  of({ who, message, sql, version }) {
    if (who !== 'app' || /already exists/.test(message)) return undefined;
    if (STARTS_AGAIN.test(sql) || beginsAnew(sql)) return undefined;
    return {
      advice: `${version ?? 'The app'} still writes keys that the new rule calls the same. ${this.instead}`,
      insteadSql: null,
    };
  },
};

export const duplicateRows: Remedy = {
  sqlstates: ['23505'],
  cause: 'the same key came twice: by rows that were there, or by a sequence that began again',
  instead:
    'Find and merge duplicates before the constraint, and let every version write the new key first. Where a table or key was swapped, the new sequence has to go on behind the largest key: setval() in the transaction of the swap, under a lock that stops writes.',
  of({ who, message, sql }) {
    if (/relation|type/.test(message) && /already exists/.test(message)) return undefined;
    if (STARTS_AGAIN.test(sql)) {
      return {
        advice:
          'The sequence was set back to numbers that rows have already. Never set it below the largest key: setval() to the greater of its own value and max() of the column, under a lock that stops writes.',
        insteadSql: null,
      };
    }
    if (beginsAnew(sql)) {
      return {
        advice:
          'The sequence of the new table or column began again. Set it behind the largest key in the transaction of the swap, under a lock that stops writes, or let the new table own the old sequence.',
        insteadSql: null,
      };
    }
    if (who === 'plan') {
      return {
        advice:
          'Rows with the same key are there already: find them (group by the key having count(*) > 1), merge them in a step before, and stop the app from writing new ones by then.',
        insteadSql: null,
      };
    }
    return undefined;
  },
};

export const checkedRows: Remedy = {
  sqlstates: ['23514', '23P01'],
  cause: 'a row breaks a CHECK or an exclusion constraint',
  instead:
    'NOT VALID checks every row that is written from the first moment, also an old one that only another column changes in: deploy what writes right rows first, mend the rows that are there in a backfill, then add the constraint NOT VALID, and VALIDATE last.',
  of({ who, version }) {
    const cause =
      who === 'app'
        ? `${version ?? 'The app'} still writes rows that break it.`
        : 'Rows that break it were there, or came after the backfill had passed.';
    return { advice: `${cause} ${this.instead}`, insteadSql: null };
  },
};
