import type { PgClient } from '../../../pg/client.ts';
import { quoted } from '../../../pg/sql/statement-tree.ts';
import type { Check, Column, Table } from './catalog.ts';
import { beginningsIn, otherValues, textsIn } from './other-values.ts';
import { cast, inTurn, plainValue, type Value } from './values.ts';

/** What is known of a column that an app writes. */
export interface Settled {
  /** Undefined where nobody can guess one. */
  readonly value: Value | undefined;
  /** An INSERT leaves it to its default, which keeps the rules. */
  readonly isDefault: boolean;
  /** It is nullable, and no rule is broken where it is null. */
  readonly mayBeNull: boolean;
}

/** By the table's oid and the column's name. Columns of a foreign key have none: they take what is there. */
export type SettledValues = ReadonlyMap<number, ReadonlyMap<string, Settled>>;

/** A value of a column while its rules are looked for. */
interface Candidate {
  readonly value: Value;
  readonly isDefault: boolean;
}

/** Row numbers of what is filled in, and numbers of requests. */
const SAMPLE = `(select generate_series(1::bigint, 200) union all select generate_series(1000::bigint, 100000, 997)
  union all values (30000), (1000003), (1999999999)) s (i)`;
const MOST_CANDIDATES = 24;
const MOST_COMBINATIONS = 400;

/** Values for each column that keep CHECKs, domains and the bounds of partitions, found by asking the server. */
export async function settleValues(client: PgClient, tables: readonly Table[]): Promise<SettledValues> {
  const settled = new Map<number, ReadonlyMap<string, Settled>>();
  for (const table of tables) settled.set(table.oid, await settleTable(client, table));
  return settled;
}

async function settleTable(client: PgClient, table: Table): Promise<ReadonlyMap<string, Settled>> {
  const columns = table.columns.filter((column) => !column.isGenerated && !isReference(table, column));
  const own = table.checks.filter((check) =>
    check.columns.every((name) => columns.some((column) => column.name === name)),
  );
  const candidates = new Map<string, Candidate[]>();
  for (const column of columns) candidates.set(column.name, await keepOwnRules(client, column, own));
  for (const check of own.filter((one) => one.columns.length > 1))
    for (const [name, one] of await keepTogether(client, check, columns, candidates))
      candidates.set(name, [one]);
  const settled = new Map<string, Settled>();
  for (const column of columns) {
    const [first] = candidates.get(column.name) ?? [];
    const isAlone = !own.some((check) => check.columns.length > 1 && check.columns.includes(column.name));
    const isDefault = first?.isDefault === true || (first === undefined && column.isFilled);
    const mayBeNull =
      column.isNullable &&
      isAlone &&
      (await keeps(client, rulesOf(column, own), [[column, () => cast('null', column)]]));
    settled.set(column.name, {
      value: first?.isDefault ? plainValue(column) : first?.value,
      isDefault,
      mayBeNull,
    });
  }
  return settled;
}

export function isReference({ foreignKeys }: Table, { name }: Column): boolean {
  return foreignKeys.some(({ columns }) => columns.includes(name));
}

/** Those that keep what is asked of the column alone, likeliest first. */
async function keepOwnRules(
  client: PgClient,
  column: Column,
  checks: readonly Check[],
): Promise<Candidate[]> {
  const rules = rulesOf(column, checks);
  const isAsked = column.domainChecks !== null || checks.some(({ columns }) => columns.includes(column.name));
  const plain = plainValue(column);
  const own: Candidate[] = [
    ...(column.isFilled ? [{ value: defaultOf(column), isDefault: true }] : []),
    ...(plain === undefined ? [] : [{ value: plain, isDefault: false }]),
  ];
  if (!isAsked) return own;
  const keepsRules = (value: Value): Promise<boolean> => keeps(client, rules, [[column, value]]);
  const mentioned = [
    column.domainChecks ?? '',
    ...checks.filter(({ columns }) => columns.includes(column.name)).map(({ sql }) => sql),
  ].join(' ');
  const named: string[] = [];
  for (const text of textsIn(mentioned)) if (await keepsRules(inTurn([text], column))) named.push(text);
  const begins = beginningsIn(mentioned).filter((text) => named.includes(text));
  const inOrder = [begins, named]
    .filter((texts) => texts.length > 1)
    .flatMap((texts) => spread(texts, column));
  const alone = named.flatMap((text) => spread([text], column));
  const kept: Candidate[] = [];
  const others = [...inOrder, ...otherValues(column, mentioned), ...alone].map((value) => ({
    value,
    isDefault: false,
  }));
  for (const one of [...own, ...others])
    if (kept.length < MOST_CANDIDATES && (await keepsRules(one.value))) kept.push(one);
  return kept;
}

function rulesOf({ name }: Column, checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ columns }) => columns.length === 1 && columns[0] === name);
}

function defaultOf(column: Column): Value {
  return column.counts ? (i) => cast(i, column) : () => cast(column.defaultSql ?? 'null', column);
}

/** Moments that rules name are mostly where something begins: some follow each. */
function spread(texts: readonly string[], column: Column): Value[] {
  const at = inTurn(texts, column);
  if (!['timestamptz', 'timestamp'].includes(column.typeName)) return [at];
  return [(i) => `${at(i)} + (${i} / ${texts.length} % 86400) * interval '1 second'`, at];
}

/** A value for each column of a rule about several; none where no combination that was tried keeps it. */
async function keepTogether(
  client: PgClient,
  check: Check,
  columns: readonly Column[],
  candidates: ReadonlyMap<string, readonly Candidate[]>,
): Promise<(readonly [string, Candidate])[]> {
  const asked = columns.filter(({ name }) => check.columns.includes(name));
  const all = combinations(asked.map(({ name }) => candidates.get(name) ?? []));
  for (const one of all) {
    const given = asked.map((column, index) => [column, one[index]?.value] as const);
    if (await keeps(client, [check], given))
      return asked.flatMap(({ name }, i) => (one[i] ? [[name, one[i]]] : []));
  }
  return [];
}

function combinations(lists: readonly (readonly Candidate[])[]): Candidate[][] {
  let all: Candidate[][] = [[]];
  for (const list of lists)
    all = all.flatMap((one) => list.map((last) => [...one, last])).slice(0, MOST_COMBINATIONS);
  return all;
}

/** Whether the values are of their types and keep the checks, for all numbers of the sample. */
async function keeps(
  client: PgClient,
  checks: readonly Check[],
  values: readonly (readonly [Column, Value | undefined])[],
): Promise<boolean> {
  const given = values.map(([{ name }, value]) => `${value?.('i') ?? 'null'} as ${quoted(name)}`).join(', ');
  const names = values.map(([{ name }]) => quoted(name)).join(', ');
  const rules = ['true', ...checks.map(({ sql }) => `(${sql}) is not false`)].join(' and ');
  try {
    const { rows } = await client.query<{ kept: boolean }>(
      `select bool_and(${rules}) as kept, count((${names})) from (select ${given} from ${SAMPLE}) t`,
    );
    return rows[0]?.kept === true;
  } catch {
    return false; // not of its type: another value may be
  }
}
