import { walk } from '../../../pg/sql/walk.ts';
import type { UnknownSetting } from './touch.ts';

type Tree = Record<string, unknown>;

const nameIn = (names: unknown): string => {
  const last = Array.isArray(names)
    ? (names.at(-1) as { String?: { sval?: string } } | undefined)
    : undefined;
  return last?.String?.sval ?? '';
};

/** Order, case and versions of text: what an index, a key or a range of text is built by. */
export const collation: UnknownSetting = {
  names: ['lc_collate', 'lc_ctype'],
  of: ({ tree }) => [...walk(tree.node)].flatMap(([kind, node]) => sorted(kind, node)),
  told: (what) =>
    `How text sorts and what its small letters are hangs on the collation and its version, of this server's library here and not of production's: ${what}. An index that is right here can be wrong or refused there; compare pg_collation.collversion and datcollversion.`,
};

function sorted(kind: string, node: Tree): string[] {
  if (kind === 'ReindexStmt') return ['REINDEX'];
  if (kind === 'AlterCollationStmt' || kind === 'AlterDatabaseRefreshCollStmt') return ['REFRESH VERSION'];
  if (kind === 'DefineStmt' && node['kind'] === 'OBJECT_COLLATION') return ['CREATE COLLATION'];
  if (kind === 'CollateClause') return [`COLLATE ${nameIn(node['collname'])}`];
  // Beside a column it stands under a name of its own, and not as a node.
  if (kind === 'collClause') return [`COLLATE ${nameIn(node['collname'])}`];
  if (kind !== 'IndexElem') return [];
  const by = /"sval":"(lower|upper|initcap)"/.exec(JSON.stringify(node['expr'] ?? ''))?.[1];
  const collate = nameIn(node['collation']);
  return [
    ...(by === undefined ? [] : [`an index on ${by}()`]),
    ...(collate === '' ? [] : [`COLLATE ${collate}`]),
  ];
}

/** Patterns that put in what the locale calls a separator, a currency or a month. */
const LOCAL_PATTERN = /TM|[LDG]/;

/** Formats of money, numbers and dates. */
export const formats: UnknownSetting = {
  names: ['lc_monetary', 'lc_numeric', 'lc_time'],
  of: ({ tree }) => [...walk(tree.node)].flatMap(([kind, node]) => formatted(kind, node)),
  told: (what, shown) =>
    `What this reads and writes hangs on lc_monetary, lc_numeric and lc_time${shown('lc_monetary') === undefined ? '' : `, ${shown('lc_monetary') ?? ''} here`}, which no snapshot carries: ${what}.`,
};

function formatted(kind: string, node: Tree): string[] {
  const isMoney = kind === 'typeName' || kind === 'TypeName' ? nameIn(node['names']) === 'money' : false;
  if (isMoney) return ['the type money'];
  if (kind !== 'FuncCall' || !/^to_(char|number|date|timestamp)$/.test(nameIn(node['funcname']))) return [];
  const pattern = /"sval":\{"sval":"([^"]*)"\}/.exec(
    JSON.stringify((node['args'] as unknown[] | undefined)?.[1] ?? ''),
  )?.[1];
  const isNumeric = pattern !== undefined && /[09]/.test(pattern);
  return pattern !== undefined && (isNumeric ? LOCAL_PATTERN : /TM/).test(pattern)
    ? [`${nameIn(node['funcname'])} with ${pattern}`]
    : [];
}
