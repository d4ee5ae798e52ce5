import type { Table } from './catalog.ts';

const MOST_TABLES = 6;

/** Those that the change is about, then those that they refer to or that refer to them, then others; few enough to look through. */
export function chooseTables(tables: readonly Table[], named: ReadonlySet<string>): Table[] {
  const { changed, near } = nearChange(tables, named);
  return [...new Set([...changed, ...near, ...tables])].slice(0, Math.max(MOST_TABLES, changed.length));
}

/**
 * @param named relations as the statements of the change write them
 */
export function nearChange(
  tables: readonly Table[],
  named: ReadonlySet<string>,
): { readonly changed: Table[]; readonly near: Table[] } {
  const isNamed = ({ sqlName, name }: Table): boolean =>
    [sqlName, name, `public.${sqlName}`].some((one) => named.has(one));
  const changed = tables.filter(isNamed);
  const near = tables.filter(
    (table) =>
      table.foreignKeys.some(({ to }) => changed.some(({ sqlName }) => sqlName === to)) ||
      changed.some(({ foreignKeys }) => foreignKeys.some(({ to }) => to === table.sqlName)),
  );
  return { changed, near };
}
