import type { CompatibilityRecord } from '../../artifacts/records/records.ts';
import { lockStrength } from '../../pg/lock-modes.ts';
import type { AppVersion } from '../../plan/model.ts';
import { isNamedIn, writes } from '../drift/names-in.ts';
import { assigned, sqlOf } from '../rollback/values/written-by.ts';

/** What the app does to the rows of one table. */
export interface AppWrites {
  /** Columns that it assigns, of those asked for. */
  readonly columns: readonly string[];
  /** It inserts or deletes rows. */
  readonly movesRows: boolean;
  /** It writes to the table by something whose text does not tell the columns: a function, a view, a trigger. */
  readonly isHidden: boolean;
  /** Of a column, whether each script that assigns it assigns one of the others as well. */
  readonly follows: (column: string, others: readonly string[]) => boolean;
}

const MOVES = /\b(insert|delete|merge|copy|truncate|call|do)\b/i;

/**
 * @param table `schema.name` @param names of its columns
 * @param tried the scripts as they were tried before the plan: which tables they lock
 */
export function appWrites(
  table: string,
  names: readonly string[],
  versions: readonly AppVersion[],
  tried: readonly CompatibilityRecord[],
): AppWrites {
  const scripts = versions.flatMap(({ name: version, scripts: own }) =>
    own.map(({ name, text }) => ({ version, name, sql: sqlOf(text) })),
  );
  const short = table.split('.').at(-1) ?? table;
  const named = scripts.filter(
    ({ sql }) => writes(table, sql) || (/\bdelete\b/i.test(sql) && isNamedIn([short], sql)),
  );
  const locking = scripts.filter(({ version, name }) =>
    tried.some(
      ({ version: of, script, uses = [] }) =>
        of === version &&
        script === name &&
        uses.some(
          ({ relation, mode }) =>
            relation === table && lockStrength(mode) >= lockStrength('RowExclusiveLock'),
        ),
    ),
  );
  const all = [...new Set([...named, ...locking])];
  return {
    columns: names.filter((column) => all.some(({ sql }) => isNamedIn([column], assigned(sql)))),
    movesRows: all.some(({ sql }) => MOVES.test(sql)),
    isHidden: locking.some((one) => !named.includes(one)),
    follows: (column, others) =>
      all
        .filter(({ sql }) => isNamedIn([column], assigned(sql)))
        .every(({ sql }) => others.length > 0 && isNamedIn(others, assigned(sql))),
  };
}
