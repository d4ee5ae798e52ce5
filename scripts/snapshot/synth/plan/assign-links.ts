import { keyOf, LinkPart } from './link-part.ts';
import type { TablePlan } from './table-plan.ts';
import type { ForeignKeySchema } from '../schema/table-schema.ts';

/**
 * Gives the columns of foreign keys to links: those of many columns first, because they say more; a link to the own table last,
 * because it goes by what others set.
 */
export function assignLinks(table: TablePlan, tables: ReadonlyMap<string, TablePlan>, seed: string): void {
  const links: LinkPart[] = [];
  const keys = table.schema.foreignKeys
    .map((key) => ({ key, parent: tables.get(key.table) }))
    .sort((a, b) => rank(a.key, table) - rank(b.key, table) || byRows(a, b));
  for (const { key, parent } of keys) {
    const own = key.columns.filter((name) => table.column(name)?.part === undefined);
    if (parent === undefined || own.length === 0) continue;
    const fixed = key.columns.filter((name) => !own.includes(name));
    const link: LinkPart = new LinkPart(table, key, {
      seed,
      parent,
      own,
      fixed,
      viable: () => viableFor(link, links),
    });
    links.push(link);
    for (const name of own) {
      const column = table.column(name);
      if (column !== undefined) column.part = link;
    }
  }
  for (const { columns } of table.schema.foreignKeys)
    for (const name of columns) {
      const column = table.column(name);
      if (column !== undefined) column.isKey = true;
    }
}

/** Of several columns the one that leaves most open first; of one column, which several keys may share, the one that leaves least. */
function byRows(a: { key: ForeignKeySchema; parent: TablePlan | undefined }, b: typeof a): number {
  const more = (a.parent?.rows ?? 0) - (b.parent?.rows ?? 0);
  return a.key.columns.length > 1 ? -more : more;
}

function rank({ columns, table: to }: ForeignKeySchema, { schema }: TablePlan): number {
  return (to === schema.key ? 1000 : 0) - columns.length;
}

/** A link whose columns another one goes by may only point to what that one finds something for. */
function viableFor(link: LinkPart, links: readonly LinkPart[]): ((parentRow: number) => boolean) | undefined {
  const after = links.filter(
    (other) =>
      other !== link &&
      !other.isSelf &&
      other.fixed.length > 0 &&
      other.fixed.every((name) => link.columns.includes(name)),
  );
  if (after.length === 0) return undefined;
  return (parentRow) =>
    after.every((other) => {
      const values = other.fixed.map((name) =>
        link.parent.value(link.foreignKey.referenced[link.foreignKey.columns.indexOf(name)] ?? '', parentRow),
      );
      return other.groups().has(keyOf(values));
    });
}
