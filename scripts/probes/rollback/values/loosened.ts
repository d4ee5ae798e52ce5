import type { PastLimit } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { Allowed, AllowedKey } from './allowed.ts';

/** A limit of before the plan that the catalog does not hold values to any more. */
export interface Loosened {
  readonly table: string;
  /** `*` for a condition over several columns. */
  readonly column: string;
  /** Quoted, for SQL. */
  readonly relation: string;
  readonly limit: PastLimit;
  /** Rows that are beyond it: a condition, or a value that another type may not take. */
  readonly beyond: { readonly condition: string } | { readonly value: string; readonly type: string };
}

/** By the names that columns have now; limits of columns and tables that are gone are none. */
export function loosened(before: Allowed, now: Allowed, client: PgClient): Loosened[] {
  return [...ofColumns(before, now, client), ...ofTables(before, now), ...ofKeys(before, now)];
}

function ofColumns(before: Allowed, now: Allowed, client: PgClient): Loosened[] {
  const byId = new Map(before.columns.map((column) => [`${column.oid}.${column.attnum}`, column]));
  const byName = new Map(
    before.columns.map((column) => [JSON.stringify([column.table, column.name]), column]),
  );
  return now.columns.flatMap((is): Loosened[] => {
    const was = byId.get(`${is.oid}.${is.attnum}`) ?? byName.get(JSON.stringify([is.table, is.name]));
    if (was === undefined) return [];
    const value = client.escapeIdentifier(is.name);
    const of = { table: was.table, column: was.name, relation: is.relation };
    const { labels } = was;
    const isOpen =
      labels !== null && (is.labels === null || is.labels.some((label) => !labels.includes(label)));
    const known = (labels ?? []).map((label) => client.escapeLiteral(label)).join(', ');
    return [
      ...(was.isNotNull && !is.isNotNull
        ? [
            {
              ...of,
              limit: { rule: 'null', was: 'not null' },
              beyond: { condition: `${value} is null` },
            } as const,
          ]
        : []),
      ...(isOpen
        ? [
            {
              ...of,
              limit: { rule: 'label', was: was.base },
              beyond: {
                condition: is.isArray
                  ? `not ${value}::text[] <@ array[${known}]::text[]`
                  : `${value}::text <> all (array[${known}]::text[])`,
              },
            } as const,
          ]
        : []),
      ...(labels === null && is.base !== was.base
        ? [{ ...of, limit: { rule: 'type', was: was.base }, beyond: { value, type: was.base } } as const]
        : []),
      ...was.checks
        .filter((check) => !is.checks.includes(check))
        .map((check) => {
          const condition = `(${check.replace(VALUE, (found) => (found === 'VALUE' ? value : found))}) is false`;
          return { ...of, limit: { rule: 'check', was: was.type }, beyond: { condition } } as const;
        }),
    ];
  });
}

/** How a domain’s CHECK calls the value, and literals, in which it is a word like others. */
const VALUE = /'(?:[^']|'')*'|\bVALUE\b/g;

function ofTables(before: Allowed, now: Allowed): Loosened[] {
  return before.checks.flatMap((was): Loosened[] => {
    const table =
      now.columns.find(({ oid }) => oid === was.oid) ?? now.columns.find((one) => one.table === was.table);
    const isKept = now.checks.some(
      ({ oid, expression }) => oid === table?.oid && expression === was.expression,
    );
    if (table === undefined || isKept) return [];
    const [first, ...more] = was.columns;
    const only = before.columns.find(({ oid, attnum }) => oid === was.oid && attnum === first);
    const column = only === undefined || more.length > 0 ? '*' : only.name;
    const limit = { rule: 'check', was: was.name } as const;
    const { relation } = table;
    return [
      { table: was.table, column, relation, limit, beyond: { condition: `(${was.expression}) is false` } },
    ];
  });
}

/** Unique and foreign keys that no key of now keeps: over the same columns, and no wider. */
function ofKeys(before: Allowed, now: Allowed): Loosened[] {
  return before.keys.flatMap((was): Loosened[] => {
    const table = now.columns.find(({ oid }) => oid === was.oid);
    const isThere = was.columns.every((attnum) =>
      now.columns.some((one) => one.oid === was.oid && one.attnum === attnum),
    );
    const isKept = now.keys.some(
      (key) => key.oid === was.oid && key.kind === was.kind && keyText(key) === keyText(was),
    );
    if (table === undefined || !isThere || isKept) return [];
    const [first, ...more] = was.columns;
    const only = before.columns.find(({ oid, attnum }) => oid === was.oid && attnum === first);
    const column = only === undefined || more.length > 0 ? '*' : only.name;
    const names = was.columns.flatMap(
      (attnum) => now.columns.find((one) => one.oid === was.oid && one.attnum === attnum)?.name ?? [],
    );
    const { relation } = table;
    const limit = { rule: was.kind, was: was.name } as const;
    return [
      { table: was.table, column, relation, limit, beyond: { condition: keyBroken(was, names, relation) } },
    ];
  });
}

function keyText({ columns, predicate, parent }: AllowedKey): string {
  return JSON.stringify([columns, predicate, parent]);
}

/** @param columns as they are called now */
function keyBroken({ predicate, parent }: AllowedKey, columns: readonly string[], relation: string): string {
  const key = columns.map((name) => `"${name.replaceAll('"', '""')}"`);
  const whole = `num_nulls(${key.join(', ')}) = 0`;
  if (parent === null) {
    const where = predicate ?? 'true';
    const list = key.join(', ');
    return `${whole} and (${where}) and (${list}) in (select ${list} from ${relation} where ${where} group by ${list} having count(*) > 1)`;
  }
  const same = parent.names.map((name, at) => `parent.${name} = ${relation}.${key[at] ?? ''}`).join(' and ');
  return `${whole} and not exists (select from ${parent.relation} parent where ${same})`;
}
