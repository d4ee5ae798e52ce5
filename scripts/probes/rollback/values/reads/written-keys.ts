import type { PgClient } from '../../../../pg/client.ts';
import { sqlstateOf } from '../../../../pg/pg-error.ts';
import type { Since } from '../count-beyond.ts';
import type { KeyedRead } from './keyed-read.ts';
import { ageOf, type Source } from './sources.ts';

/** Of one statement. */
export const MOST_KEYS = 5_000;
/** Of one statement before the plan, when only what the app fails with by itself is to be known. */
const KEYS_BEFORE = 300;
/** A key is one row or a few; who waits for a lock or reads a whole table says nothing about them. */
export const LIMITS = `set default_transaction_read_only = on; set statement_timeout = '1s'; set lock_timeout = '1s'`;
/** Joins are tried first, and given up for the table that has the keys. */
const LONGEST_JOIN = '5s';
const LONGEST = '30s';
/** Of the rows of one key; of more nobody knows which of them it fails for. */
const MOST_ROWS = 3;

/** What a statement finds rows by. */
export interface Key {
  /** By the position of the parameter, from 0. */
  readonly values: ReadonlyMap<number, string>;
  /** That it finds and that were written since the deploys. */
  readonly rows: number;
  /** How many of the deploys were before all of these rows. */
  readonly deploys: number;
  /** Of each source the rows that were written: marks that are the same for the same row, at most three; null = not known. */
  readonly written: readonly (readonly string[] | null)[];
}

/**
 * Those by which rows are found that were written since the first of the deploys, or that are joined with such, each once, and one
 * more than are asked where there are more; without a deploy some of all. The session is left with LIMITS.
 * @param values of one run of the script
 * @throws what PostgreSQL says, and an Error of its own where a table takes longer than 30 s
 */
export async function writtenKeys(
  read: KeyedRead,
  values: readonly (string | null)[],
  outs: readonly Since[],
  client: PgClient,
): Promise<Key[]> {
  const alone = tableOfKeys(read);
  const whole = (): Promise<Key[]> => keysIn(partsOf(read, values, client), read, outs, client);
  const [first] = read.sources;
  const isOne = read.sources.length === 1 && first?.isTable === true;
  if (alone === undefined) return limited(LONGEST_JOIN, whole, client);
  const { relation } = alone.base ?? { relation: alone.alias };
  const pages = `tablesample system ((select least(100, 1e5 / greatest(reltuples, 1)) from pg_catalog.pg_class
                  where oid = ${client.escapeLiteral(relation)}::pg_catalog.regclass))`;
  const from = `from ${relation} as ${alone.alias} ${outs.length === 0 ? pages : ''}`;
  const table = (): Promise<Key[]> => keysIn({ with: '', from, sources: [alone] }, read, outs, client);
  if (!isOne) {
    try {
      return await limited(LONGEST_JOIN, whole, client);
    } catch (error) {
      if (sqlstateOf(error) === undefined) throw error;
    }
  }
  try {
    return await limited(LONGEST, table, client);
  } catch (cause) {
    if (sqlstateOf(cause) !== '57014') throw cause;
    throw new Error(`looking for the rows of ${relation} that were written took longer than 30 s`, { cause });
  }
}

interface Parts {
  readonly with: string;
  readonly from: string;
  /** That are asked who wrote them. */
  readonly sources: readonly Source[];
}

function partsOf(read: KeyedRead, values: readonly (string | null)[], client: PgClient): Parts {
  const literal = (position: number): string => {
    const value = values[position] ?? null;
    return value === null ? 'null' : client.escapeLiteral(value);
  };
  return { ...read.rows(literal), sources: read.sources };
}

/** The one table whose columns all keys are. */
function tableOfKeys({ keys, sources }: KeyedRead): Source | undefined {
  const [only, second] = sources;
  if (second === undefined) return only?.isTable === true ? only : undefined;
  const aliases = new Set(keys.map(({ alias }) => alias));
  return aliases.size === 1 ? sources.find((one) => one.isTable && aliases.has(one.alias)) : undefined;
}

async function keysIn(
  { with: queries, from, sources }: Parts,
  { keys, sources: all }: KeyedRead,
  outs: readonly Since[],
  client: PgClient,
): Promise<Key[]> {
  const list = keys.map((_, at) => `k${at}`).join(', ');
  const within = (age: string, { sinceXid }: Since): string =>
    `coalesce(${age} <= pg_catalog.age('${sinceXid}'::xid), false)`;
  const [first] = outs;
  const deploys = outs.map((out) => `${within(ageOf(sources), out)}::int4`).join(' + ') || '0';
  const marks = sources.map(({ age, row }, at) => {
    const since = first === undefined ? 'false' : within(age, first);
    return `case when ${since} then ${row ?? `'?'`} end as w${at}`;
  });
  const columns = keys.map(({ expression }, at) => `${expression} as k${at}`);
  const rows = `${queries} select ${[...columns, ...marks].join(', ')}, ${deploys} as deploys ${from}`;
  const texts = keys.map((_, at) => `k${at}::pg_catalog.text as k${at}`).join(', ');
  const written = sources.map(
    (_, at) =>
      `to_jsonb((array_agg(distinct w${at}) filter (where w${at} is not null))[1:${MOST_ROWS}]) as w${at}`,
  );
  const isWanted = outs.length === 0 ? 'true' : 'deploys > 0';
  const sample = outs.length === 0 ? ` limit ${KEYS_BEFORE}` : '';
  const { rows: found } = await client.query<Record<string, unknown>>(
    `select ${texts}, count(*)::float8 as rows, min(deploys)::float8 as deploys, ${written.join(', ')}
       from (${rows}${sample}) r where num_nulls(${list}) = 0 and ${isWanted}
      group by ${list} order by deploys desc limit ${MOST_KEYS + 1}`,
  );
  return found.map((row) => ({
    values: new Map(keys.map(({ position, isArray }, at) => [position, textOf(row[`k${at}`], isArray)])),
    rows: Number(row['rows']),
    deploys: Number(row['deploys']),
    written: all.map((source) => {
      const at = sources.indexOf(source);
      const of = at < 0 ? null : row[`w${at}`];
      return Array.isArray(of) ? of.map(String) : at < 0 ? null : [];
    }),
  }));
}

function textOf(value: unknown, isArray: boolean): string {
  const text = String(value);
  return isArray ? `{"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"}` : text;
}

async function limited<T>(longest: string, look: () => Promise<T>, client: PgClient): Promise<T> {
  await client.query(`set statement_timeout = '${longest}'`);
  try {
    return await look();
  } finally {
    await client.query(LIMITS);
  }
}
