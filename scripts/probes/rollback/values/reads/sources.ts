import type { Node, SelectStmt } from 'libpg-query';
import { quoteIdentifier } from '../../../../pg/sql/relations.ts';
import { walk } from '../../../../pg/sql/walk.ts';
import { columnSql, conditionsOf, joinConditions, keyParts, wordsOf, type KeyPart } from './conditions.ts';
import { fromPlace, nameEnd, parameterEnd, spliced, written, type Splice, type Written } from './spliced.ts';
import { selectOf, type Views } from './views.ts';

/** What a SELECT reads from, and how SQL beside it asks who wrote its rows. */
export interface Source {
  /** Quoted as SQL needs it. */
  readonly alias: string;
  /** SQL: how many transactions ago the youngest of the rows that one of its rows is made of was written; null where none is. */
  readonly age: string;
  /** SQL: the one row that it is; null where there are several. */
  readonly row: string | null;
  /** The table or view that it is, quoted as SQL needs it; undefined of a subquery. */
  readonly relation: string | undefined;
  /** The one table that its rows are from. */
  readonly base: Base | undefined;
  /** Whether it is that table itself. */
  readonly isTable: boolean;
  /** What it compares with parameters within. */
  readonly keys: readonly KeyPart[];
}

interface Base {
  /** Quoted as SQL needs it. */
  readonly relation: string;
  /** The one column of it that a column of the source is made of. */
  readonly columnOf: (name: string) => string | undefined;
}

/** How the columns are called that a SELECT was given besides. */
type Inside = Omit<Source, 'alias' | 'isTable' | 'relation'>;

const AGGREGATE =
  /^(?:count|sum|avg|min|max|every|bool_(?:and|or)|(?:array|string|jsonb?|jsonb?_object|xml|range)_agg)$/;

/** A SELECT whose rows nobody can follow to those of tables. */
export class Unfollowed extends Error {}

/**
 * Follows what a SELECT reads from to the rows of tables: through views, subqueries and WITH queries, each of which gets columns
 * besides that tell how long ago its rows were written, which they are, and what a parameter is compared with.
 */
export class Follower {
  readonly splices: Splice[] = [];
  readonly #written: Written;
  readonly #views: Views;
  readonly #with = new Map<string, Inside>();
  readonly #names: { next: number };

  constructor(text: Written, views: Views, names = { next: 1 }) {
    this.#written = text;
    this.#views = views;
    this.#names = names;
  }

  name(kind: string): string {
    return `rehearse_${kind}_${this.#names.next++}`;
  }

  /** What a parameter was compared with stands in its place: so the rows of all its values are found. */
  lift(keys: readonly KeyPart[]): void {
    for (const { place, expression, isArray } of keys)
      this.splices.push({
        at: place,
        until: parameterEnd(this.#written, place),
        text: isArray ? `array[${expression}]` : expression,
      });
  }

  /** @throws Unfollowed */
  withQueries({ withClause }: SelectStmt): void {
    for (const node of withClause?.ctes ?? []) {
      if (!('CommonTableExpr' in node)) continue;
      const { ctename = '', ctequery } = node.CommonTableExpr;
      if (withClause?.recursive === true || ctequery === undefined || !('SelectStmt' in ctequery))
        throw new Unfollowed('a WITH query that is recursive or writes');
      this.#with.set(ctename, this.#inside(ctequery.SelectStmt));
    }
  }

  /** @throws Unfollowed */
  sources(from: readonly Node[]): Source[] {
    return from.flatMap((node) => this.#source(node));
  }

  #source(node: Node): Source[] {
    if ('JoinExpr' in node) {
      const { larg, rarg, alias } = node.JoinExpr;
      if (alias !== undefined) throw new Unfollowed('a join with a name of its own');
      return [larg, rarg].flatMap((side) => (side === undefined ? [] : this.#source(side)));
    }
    if ('RangeVar' in node) {
      const { schemaname, relname = '', alias, location = 0 } = node.RangeVar;
      const name = quoteIdentifier(alias?.aliasname ?? relname);
      const query = schemaname === undefined ? this.#with.get(relname) : undefined;
      if (query !== undefined) return [outside(name, query, undefined)];
      const schema = schemaname === undefined ? '' : `${quoteIdentifier(schemaname)}.`;
      const relation = `${schema}${quoteIdentifier(relname)}`;
      const view = this.#views.get(relation);
      if (view === undefined || view === null) return [table(name, relation)];
      const { text, inside } = this.#view(view);
      const until = nameEnd(this.#written, location);
      const asName = alias === undefined ? ` as ${name}` : '';
      this.splices.push({ at: location, until, text: `(${text})${asName}` });
      return [outside(name, inside, relation)];
    }
    if ('RangeSubselect' in node) {
      const { subquery, alias } = node.RangeSubselect;
      if (subquery === undefined || !('SelectStmt' in subquery) || alias?.aliasname === undefined)
        throw new Unfollowed('a subquery without a name');
      if (subquery.SelectStmt.withClause !== undefined) throw new Unfollowed('a WITH query in a subquery');
      const inside = this.#inside(subquery.SelectStmt);
      return [outside(quoteIdentifier(alias.aliasname), inside, undefined)];
    }
    return []; // what a function gives comes from its arguments
  }

  #view(definition: string): { readonly text: string; readonly inside: Inside } {
    const text = written(definition);
    const select = selectOf(definition);
    if (select === undefined) throw new Unfollowed('a view that is no SELECT');
    const follower = new Follower(text, this.#views, this.#names);
    follower.withQueries(select);
    const inside = follower.#inside(select);
    return { text: spliced(text, follower.splices, 0, text.bytes.length).replace(/;\s*$/, ''), inside };
  }

  /** Gives the SELECT its columns. */
  #inside(select: SelectStmt, isArm = false): Inside {
    if (select.op === 'SETOP_UNION' && select.larg !== undefined && select.rarg !== undefined) {
      const left = this.#inside(select.larg, true);
      this.#inside(select.rarg, true);
      return { ...left, row: null, base: undefined, keys: [] };
    }
    const [target] = select.targetList ?? [];
    const first = target && 'ResTarget' in target ? (target.ResTarget.location ?? 0) : undefined;
    const place = first === undefined ? undefined : fromPlace(this.#written, first);
    if (select.op !== 'SETOP_NONE' || select.fromClause === undefined || place === undefined)
      throw new Unfollowed('a part that reads from nothing');
    const sources = this.sources(select.fromClause);
    const isGrouped = isGroupedSelect(select);
    const isWhole =
      !isArm && !isGrouped && select.limitCount === undefined && (select.distinctClause ?? []).length === 0;
    const [age, row] = [this.name('age'), this.name('row')];
    const own = isWhole ? [...keysOf(select), ...sources.flatMap(({ keys }) => keys)] : [];
    if (isWhole) this.lift(keysOf(select));
    const keys = own.map((part) => ({ part, name: this.name('key') }));
    const columns = [
      `${isGrouped ? `pg_catalog.min(${ageOf(sources)})` : ageOf(sources)} as ${age}`,
      `${(isGrouped ? null : onlyRow(sources)) ?? 'null::pg_catalog.text'} as ${row}`,
      ...keys.map(({ part, name }) => `${part.expression} as ${name}`),
    ];
    this.splices.push({ at: place.at, until: place.at, text: `, ${columns.join(', ')} ` });
    const [only, second] = sources;
    return {
      age,
      row: isGrouped || onlyRow(sources) === null ? null : row,
      base: only?.base !== undefined && second === undefined ? baseThrough(only.base, select) : undefined,
      keys: keys.map(({ part, name }) => ({ ...part, expression: name })),
    };
  }
}

/** What the conditions of a SELECT compare with parameters. */
export function keysOf({ whereClause, fromClause = [] }: SelectStmt): KeyPart[] {
  return [...conditionsOf(whereClause), ...fromClause.flatMap(joinConditions)].flatMap(keyParts);
}

export function ageOf(sources: readonly Source[]): string {
  return sources.length === 0 ? 'null::int4' : `least(${sources.map(({ age }) => age).join(', ')})`;
}

export function onlyRow(sources: readonly Source[]): string | null {
  const [only, second] = sources;
  return second === undefined ? (only?.row ?? null) : null;
}

function table(alias: string, relation: string): Source {
  return {
    alias,
    relation,
    age: `pg_catalog.age(${alias}.xmin)`,
    row: `${alias}.tableoid::pg_catalog.text || ${alias}.ctid::pg_catalog.text`,
    base: { relation, columnOf: (name) => name },
    isTable: true,
    keys: [],
  };
}

/** As whoever reads from it names the columns that it was given. */
function outside(alias: string, { age, row, base, keys }: Inside, relation: string | undefined): Source {
  const of = (name: string): string => `${alias}.${name}`;
  return {
    alias,
    relation,
    isTable: false,
    age: of(age),
    row: row === null ? null : of(row),
    base,
    keys: keys.map((part) => ({ ...part, alias, expression: of(part.expression) })),
  };
}

function baseThrough({ relation, columnOf }: Base, { targetList = [] }: SelectStmt): Base {
  const columns = new Map<string, string | undefined>();
  let isStar = false;
  for (const target of targetList) {
    if (!('ResTarget' in target)) continue;
    const { name, val } = target.ResTarget;
    const named = new Set(
      [...walk(val)].flatMap(([kind, { fields }]) => (kind === 'ColumnRef' ? [wordsOf(fields)?.at(-1)] : [])),
    );
    const [only] = named;
    const own = val && columnSql(val) !== undefined ? only : undefined;
    if (named.has(undefined)) isStar = true;
    else columns.set(name ?? own ?? '', named.size === 1 && only !== undefined ? columnOf(only) : undefined);
  }
  return {
    relation,
    columnOf: (name) => (columns.has(name) ? columns.get(name) : isStar ? columnOf(name) : undefined),
  };
}

function isGroupedSelect({ groupClause, havingClause, targetList = [] }: SelectStmt): boolean {
  if (groupClause !== undefined || havingClause !== undefined) return true;
  return [...walk(targetList)].some(
    ([kind, { funcname, over }]) =>
      kind === 'FuncCall' && over === undefined && AGGREGATE.test(wordsOf(funcname)?.at(-1) ?? ''),
  );
}
