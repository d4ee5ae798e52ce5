import type { Node, SelectStmt } from 'libpg-query';
import { relationsOf } from '../../../../pg/sql/relations.ts';
import { walk } from '../../../../pg/sql/walk.ts';
import { andArms, asJoin, columnSql, conditionsOf, wordsOf, type KeyPart } from './conditions.ts';
import { ageOf, Follower, keysOf, onlyRow, Unfollowed, type Source } from './sources.ts';
import { fromPlace, parameterEnd, spliced, written, type Splice, type Written } from './spliced.ts';
import { selectOf, type Views } from './views.ts';

/** A SELECT of a script that finds rows by parameters: `… where id = $1 and kind in ($2, $3)`. */
export interface KeyedRead {
  /** Without FOR UPDATE and the like: nobody else is to wait for it. */
  readonly text: string;
  /** What its parameters are compared with; not empty. */
  readonly keys: readonly KeyPart[];
  readonly sources: readonly Source[];
  /** The first that it names, quoted as SQL needs it. */
  readonly relation: string;
  /**
   * SQL that gives a row for each that any key would find, and some more: `from … where …`, over `sources`.
   * @param literal of the value of a parameter that is no key, by its position
   */
  readonly rows: (literal: (position: number) => string) => { readonly with: string; readonly from: string };
  /** The one column of the source that it names besides keys and joins; undefined where there are others, or none. */
  readonly columnOf: (source: Source) => string | undefined;
}

const LOCKING = /\bfor\s+(?:no\s+key\s+update|key\s+share|update|share)\b[\s\S]*$/i;

/**
 * Undefined for whatever else the statement is.
 * @param text with `$1`, `$2`, …; `libpg-query` must be loaded
 * @param views that it reads from, and those that they do
 */
export function keyedRead(text: string, views: Views): KeyedRead | undefined {
  const select = selectOf(text);
  if (select?.fromClause === undefined || select.op !== 'SETOP_NONE') return undefined;
  try {
    return follow(text, select, views);
  } catch (error) {
    if (error instanceof Unfollowed) return undefined;
    throw error;
  }
}

/** Whether it has parameters, so that it may find other rows with other values. */
export function hasParameters(text: string): boolean {
  return [...walk(selectOf(text))].some(([kind]) => kind === 'ParamRef');
}

function follow(text: string, select: SelectStmt, views: Views): KeyedRead | undefined {
  const whole = written(text);
  const follower = new Follower(whole, views);
  const place = placeOf(select, whole);
  if (place === undefined) return undefined;
  follower.withQueries(select);
  const own = follower.sources(select.fromClause ?? []);
  const conditions = conditionsOf(select.whereClause);
  const within = conditions.flatMap((condition) => subquery(condition, follower, whole) ?? []);
  const sources = [...own, ...within.map(({ source }) => source)];
  const direct = keysOf(select);
  follower.lift(direct);
  const keys = [...direct, ...sources.flatMap((source) => source.keys)];
  if (keys.length === 0) return undefined;
  const joins = [
    ...conditions.flatMap((condition) => asJoin(condition) ?? []),
    ...within.flatMap(({ join }) => join ?? []),
  ];
  return {
    text: select.lockingClause === undefined ? text : text.replace(LOCKING, ''),
    keys,
    sources,
    relation: relationsOf({ SelectStmt: select })[0] ?? '',
    rows(literal) {
      const splices = [...follower.splices, ...givenValues(select, follower.splices, whole, literal)];
      const laterals = within.map(({ lateral }) => `, lateral ${lateral(splices)}`).join('');
      const where = joins.length === 0 ? '' : ` where ${joins.join(' and ')}`;
      const from = `${spliced(whole, splices, place.at, place.until).trim()}${laterals}${where}`;
      return { with: withText(select, whole, splices), from };
    },
    columnOf: (source) => columnOf(source, own, select, keys),
  };
}

interface Within {
  readonly source: Source;
  /** SQL of a subquery in FROM that gives its keys. */
  readonly lateral: (splices: readonly Splice[]) => string;
  /** By which it belongs to the others. */
  readonly join: string | undefined;
}

/** `id in (select order_id from lines where sku = $1)`, `exists (select from lines l where l.order_id = o.id and l.sku = $1)` */
function subquery(condition: Node, follower: Follower, whole: Written): Within | undefined {
  if (!('SubLink' in condition)) return undefined;
  const { subLinkType, testexpr, subselect, operName } = condition.SubLink;
  const select = subselect && 'SelectStmt' in subselect ? subselect.SelectStmt : undefined;
  const place = select && placeOf(select, whole);
  if (select === undefined || place === undefined || keysOf(select).length === 0) return undefined;
  if (select.op !== 'SETOP_NONE' || select.groupClause !== undefined) return undefined;
  const isIn = subLinkType === 'ANY_SUBLINK' && operName === undefined;
  if (!isIn && subLinkType !== 'EXISTS_SUBLINK') return undefined;
  const [target] = select.targetList ?? [];
  const inner = target && 'ResTarget' in target && target.ResTarget.val;
  const [tested, found] = [testexpr && columnSql(testexpr), inner && columnSql(inner)];
  if (isIn && (tested === undefined || !found)) return undefined;
  const sources = follower.sources(select.fromClause ?? []);
  follower.lift(keysOf(select));
  const [alias, age, row, value] = ['sub', 'age', 'row', 'in'].map((kind) => follower.name(kind)) as [
    string,
    string,
    string,
    string,
  ];
  const keys = keysOf(select).map((part) => ({ part, name: follower.name('key') }));
  const columns = [
    `${ageOf(sources)} as ${age}`,
    `${onlyRow(sources) ?? 'null::pg_catalog.text'} as ${row}`,
    ...keys.map(({ part, name }) => `${part.expression} as ${name}`),
    ...(isIn ? [`${String(found)} as ${value}`] : []),
  ];
  const joins = conditionsOf(select.whereClause).flatMap((one) => asJoin(one) ?? []);
  const where = joins.length === 0 ? '' : ` where ${joins.join(' and ')}`;
  const [only, second] = sources;
  return {
    source: {
      alias,
      relation: undefined,
      age: `${alias}.${age}`,
      row: onlyRow(sources) === null ? null : `${alias}.${row}`,
      base: second === undefined ? only?.base : undefined,
      isTable: false,
      keys: keys.map(({ part, name }) => ({ ...part, alias, expression: `${alias}.${name}` })),
    },
    lateral: (splices) =>
      `(select ${columns.join(', ')} ${spliced(whole, splices, place.at, place.until).trim()}${where}) as ${alias}`,
    join: isIn ? `${String(tested)} = ${alias}.${value}` : undefined,
  };
}

function placeOf({ targetList }: SelectStmt, whole: Written): ReturnType<typeof fromPlace> {
  const [target] = targetList ?? [];
  return target && 'ResTarget' in target ? fromPlace(whole, target.ResTarget.location ?? 0) : undefined;
}

/** `with a as (…), …`, and nothing where there is none. */
function withText({ withClause }: SelectStmt, whole: Written, splices: readonly Splice[]): string {
  if (withClause === undefined) return '';
  let depth = 0;
  for (const { text, start } of whole.tokens) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0 && text.toLowerCase() === 'select')
      return spliced(whole, splices, withClause.location ?? 0, start);
  }
  return '';
}

/** Parameters that are no keys keep the value that one run of the script gave them. */
function givenValues(
  select: SelectStmt,
  splices: readonly Splice[],
  whole: Written,
  literal: (position: number) => string,
): Splice[] {
  const taken = new Set(splices.map(({ at }) => at));
  return [...walk(select)].flatMap(([kind, { number = 1, location = 0 }]) => {
    const at = Number(location);
    if (kind !== 'ParamRef' || taken.has(at)) return [];
    return [{ at, until: parameterEnd(whole, at), text: literal(Number(number) - 1) }];
  });
}

/** Its name in the table that the source is made of. */
function columnOf(
  { alias, base }: Source,
  own: readonly Source[],
  select: SelectStmt,
  keys: readonly KeyPart[],
): string | undefined {
  const { targetList, groupClause, havingClause, sortClause, whereClause, fromClause } = select;
  const isKey = (words: readonly string[]): boolean => keys.some(({ column }) => column === words.at(-1));
  const quals = [...walk(fromClause)].flatMap(([, node]) => andArms(node['quals'] as Node | undefined));
  const arms = [...andArms(whereClause), ...quals].filter((arm) => !('SubLink' in arm));
  const joins = arms.filter((arm) => asJoin(arm) !== undefined);
  const joined = new Set(columnsOf(joins).map((words) => JSON.stringify(words)));
  const others = columnsOf([targetList, groupClause, havingClause, sortClause, arms]).filter(
    (words) => words === undefined || (!isKey(words) && !joined.has(JSON.stringify(words))),
  );
  const named = new Set<string>();
  for (const words of others) {
    const [first = ''] = words ?? [];
    if (words !== undefined && words.length > 1 && first !== alias.replaceAll('"', '')) continue;
    // Of several sources nobody knows here whose a bare name is.
    if (words === undefined || (words.length === 1 && own.length > 1)) return undefined;
    named.add(words.at(-1) ?? '');
  }
  const [only, second] = named;
  return only === undefined || second !== undefined ? undefined : base?.columnOf(only);
}

/** Undefined in place of a `*`. */
function columnsOf(part: unknown): (readonly string[] | undefined)[] {
  return [...walk(part)].flatMap(([kind, { fields }]) => (kind === 'ColumnRef' ? [wordsOf(fields)] : []));
}
