import type { LostValues, NotAsked } from '../../../../artifacts/records/of-plan/rollback-records.ts';
import { queryAsText } from '../../../../load/scripts/query-as-text.ts';
import type { ParsedScript } from '../../../../load/scripts/script.ts';
import type { PgClient } from '../../../../pg/client.ts';
import { sqlstateOf } from '../../../../pg/pg-error.ts';
import { monotonicMs } from '../../../../shared/clock.ts';
import type { Since } from '../count-beyond.ts';
import { blame } from './blame.ts';
import { hasParameters, keyedRead, type KeyedRead } from './keyed-read.ts';
import { learnViews, type Views } from './views.ts';
import { MOST_KEYS, writtenKeys, type Key } from './written-keys.ts';

/** Of one statement. */
const MOST_MS_EACH = 3_000;
const GAVE_UP: ReadonlySet<string> = new Set(['57014', '55P03']);
/** Data exception, a subquery that found more than one row, and what a function of the schema raises. */
const DATA_ERROR = /^(?:22|21|P0)/;

interface Failing extends LostValues {
  readonly kind: string;
}

/** Of a statement, before an undoing: one that writes the table anew makes all its rows look new. */
export type KnownKeys = Map<string, { readonly read: KeyedRead; readonly keys: readonly Key[] }>;

/** One look: what it asks, and until when. */
export interface Look {
  readonly client: PgClient;
  readonly outs: readonly Since[];
  /** By the monotonic clock. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
  readonly known: KnownKeys;
  readonly views: Views;
  /** Only for `known`. */
  readonly isAhead: boolean;
  readonly found: Failing[];
  readonly notAsked: NotAsked[];
}

/** A statement of a script, with the values that one run of the script gives it. */
interface Asked {
  readonly text: string;
  readonly script: ParsedScript;
  readonly line: number;
  readonly values: readonly (string | null)[];
}

/** @returns its text, without what would make others wait */
export async function askStatement(asked: Asked, look: Look): Promise<string> {
  const { text } = asked;
  await unlessRefused(learnViews(text, look.views, look.client), undefined);
  const read = keyedRead(text, look.views);
  if (read !== undefined) await askKeys(asked, read, look);
  else if (hasParameters(text)) look.notAsked.push({ statement: placeOf(asked), why: 'no-key' });
  return read?.text ?? text;
}

/** `show (workload/old/show.sql:3)` */
export function placeOf({ script: { name, file }, line }: Pick<Asked, 'script' | 'line'>): string {
  return `${name} (${file}:${line})`;
}

async function askKeys(asked: Asked, readNow: KeyedRead, look: Look): Promise<void> {
  const { client, outs, untilMs, signal, found, known, isAhead, notAsked } = look;
  const { script, line, values: own } = asked;
  const beganMs = monotonicMs();
  const statement = placeOf(asked);
  const now = await keysOrRefusal(writtenKeys(readNow, own, outs, client));
  if (typeof now === 'string') {
    notAsked.push(
      GAVE_UP.has(now) ? { statement, why: 'slow' } : { statement, why: 'refused', sqlstate: now },
    );
    return;
  }
  if (isAhead) {
    if (now.length > 0 && now.length <= MOST_KEYS) known.set(statement, { read: readNow, keys: now });
    return;
  }
  const isMany = now.length > MOST_KEYS;
  const { read, keys } = (isMany ? known.get(statement) : undefined) ?? { read: readNow, keys: now };
  const failing = new Map<string, Key[]>();
  let count = 0;
  for (const key of keys.slice(0, MOST_KEYS)) {
    signal.throwIfAborted();
    const nowMs = monotonicMs();
    if (nowMs > untilMs || nowMs > beganMs + MOST_MS_EACH) break;
    const values = own.map((value, at) => key.values.get(at) ?? value);
    const sqlstate = await refusalOf(queryAsText(client, { text: readNow.text, values }));
    if (sqlstate !== undefined && GAVE_UP.has(sqlstate)) break;
    count += 1;
    if (sqlstate !== undefined && DATA_ERROR.test(sqlstate))
      failing.set(sqlstate, [...(failing.get(sqlstate) ?? []), key]);
  }
  const isLeftOver = isMany || count < keys.length;
  if (isLeftOver) notAsked.push({ statement, why: 'left-over', asked: count });
  for (const [sqlstate, of] of failing) {
    const { relation, column, count: rows, isAtLeast } = blame(read, of);
    const deploys = Math.min(...of.map((key) => key.deploys));
    found.push({
      kind: JSON.stringify([script.name, line, sqlstate]),
      table: await fullName(relation, client),
      column,
      count: rows,
      since: outs[deploys - 1]?.deploy ?? '',
      isAtLeast: isLeftOver || isAtLeast,
      limit: { rule: 'read', was: `readable by ${statement}`, sqlstate },
    });
  }
}

async function keysOrRefusal(keys: Promise<Key[]>): Promise<Key[] | string> {
  let found: Key[] = [];
  const sqlstate = await refusalOf(keys.then((all) => (found = all)));
  return sqlstate ?? found;
}

async function fullName(relation: string, client: PgClient): Promise<string> {
  if (relation === '') return relation;
  const { rows } = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = $1::pg_catalog.regclass`,
    [relation],
  );
  return rows[0]?.name ?? relation;
}

/** The SQLSTATE with which PostgreSQL refuses it. @throws whatever else goes wrong */
async function refusalOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    const sqlstate = sqlstateOf(error);
    if (sqlstate === undefined || /^57P|^08/.test(sqlstate)) throw error;
    return sqlstate;
  }
}

/** What is refused says nothing: a role may not read the table, the column is gone. */
export async function unlessRefused<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return (await refusalOf(asked)) === undefined ? asked : otherwise;
}
