import { walk } from '../../../pg/sql/walk.ts';
import type { ReadStatement, UnknownSetting } from './touch.ts';

const STAMPS = new Set(['timestamp', 'timestamptz']);
/** Types whose values are of a zone, though they do not say which. */
const LOCAL = new Set(['timestamp', 'date', 'time']);
const LOCAL_NOW = /^SVFOP_(CURRENT_DATE|LOCALTIMESTAMP|LOCALTIME|CURRENT_TIME)/;
/** A moment written with its zone, or one that needs none. */
const WITH_ZONE = /(z|[a-z]{3,}|[+-]\d\d(:?\d\d)*)\s*$/i;

type Tree = Record<string, unknown>;

/**
 * Conversions between timestamp and timestamptz read and write the session's TimeZone. Where that is at UTC for all time, none of
 * the values changes and the table is not rewritten (ATColumnChangeRequiresRewrite in PostgreSQL's tablecmds.c, since 12).
 */
export const timeZone: UnknownSetting = {
  names: ['timezone'],
  of: (statement) => [...walk(statement.tree.node)].flatMap(([kind, node]) => ofNode(kind, node)),
  told(what, shown, all) {
    const zone = shown('TimeZone');
    const here = zone === undefined ? '' : `, ${zone} here`;
    const converting = all.filter((one) =>
      [...walk(one.tree.node)].some(([kind, node]) => isConversion(kind, node)),
    );
    return `What this means hangs on TimeZone${here}, which no snapshot carries: ${what}. ${effect(converting)}Take TimeZone from production's settings, of server, database and role, into postgres.settings, or say AT TIME ZONE.`;
  },
};

function effect(converting: readonly ReadStatement[]): string {
  if (converting.length === 0) return '';
  return converting.some(({ record }) => record.rewrote.length > 0)
    ? 'The table was rewritten here, and would not be in a session whose TimeZone is UTC; the values mean other moments in each zone. '
    : 'Nothing was rewritten here; in a session with another zone than UTC the table is rewritten under ACCESS EXCLUSIVE, and its values mean other moments. ';
}

function ofNode(kind: string, node: Tree): string[] {
  if (isConversion(kind, node)) return [`${text(node['name'])} becomes ${typeOf(columnOf(node))}`];
  if (kind === 'ColumnDef') return hasLocalDefault(node) ? [`the default of ${text(node['colname'])}`] : [];
  if (kind === 'AlterTableCmd' && node['subtype'] === 'AT_ColumnDefault')
    return hasLocalNow(node['def']) ? [`the default of ${text(node['name'])}`] : [];
  if (kind !== 'UpdateStmt' && kind !== 'InsertStmt') return [];
  return [...walk(node)].some(([inner, cast]) => inner === 'TypeCast' && readsZone(cast))
    ? ['a cast to timestamptz']
    : [];
}

/** A column's type changes to one of the two, and no USING says which zone is meant. */
function isConversion(kind: string, node: Tree): boolean {
  if (kind !== 'AlterTableCmd' || node['subtype'] !== 'AT_AlterColumnType') return false;
  const column = columnOf(node);
  return STAMPS.has(typeOf(column)) && !namesZone(column['raw_default']);
}

function columnOf(command: Tree): Tree {
  return ((command['def'] as Tree | undefined)?.['ColumnDef'] as Tree | undefined) ?? {};
}

function typeOf(holder: Tree): string {
  const names = (holder['typeName'] as { names?: { String?: { sval?: string } }[] } | undefined)?.names ?? [];
  return names.at(-1)?.String?.sval ?? '';
}

/** AT TIME ZONE is a call of timezone(). */
function namesZone(part: unknown): boolean {
  return [...walk({ part })].some(
    ([kind, node]) => kind === 'FuncCall' && JSON.stringify(node['funcname'] ?? '').includes('"timezone"'),
  );
}

function hasLocalDefault(column: Tree): boolean {
  const type = typeOf(column);
  return [...walk(column['constraints'])]
    .filter(([kind, node]) => kind === 'Constraint' && node['contype'] === 'CONSTR_DEFAULT')
    .some(([, { raw_expr: value }]) => {
      if (namesZone(value)) return false;
      return (
        hasLocalNow(value) ||
        (LOCAL.has(type) && isNow(value)) ||
        (type === 'timestamptz' && lacksZone(value))
      );
    });
}

function hasLocalNow(part: unknown): boolean {
  return [...walk({ part })].some(
    ([kind, node]) => kind === 'SQLValueFunction' && LOCAL_NOW.test(text(node['op'])),
  );
}

function isNow(part: unknown): boolean {
  return [...walk({ part })].some(
    ([kind, node]) =>
      (kind === 'SQLValueFunction' && text(node['op']).startsWith('SVFOP_CURRENT_TIMESTAMP')) ||
      (kind === 'FuncCall' && /"(now|\w+_timestamp)"/.test(JSON.stringify(node['funcname'] ?? ''))),
  );
}

/** A text that is read as a moment of the session's zone. */
function lacksZone(part: unknown): boolean {
  const [first] = [...walk({ part })].filter(([kind]) => kind === 'A_Const');
  const value = (first?.[1]['sval'] as { sval?: string } | undefined)?.sval;
  return value !== undefined && !WITH_ZONE.test(value);
}

function readsZone(cast: Tree): boolean {
  if (typeOf(cast) !== 'timestamptz' || namesZone(cast['arg'])) return false;
  const isConstant = 'A_Const' in (cast['arg'] as Tree);
  return !isConstant || lacksZone(cast['arg']);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
