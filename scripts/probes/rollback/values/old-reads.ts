import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import { Random } from '../../../load/chance/random.ts';
import { queryAsText } from '../../../load/scripts/query-as-text.ts';
import { runCommands, type SqlResult } from '../../../load/scripts/run-commands.ts';
import type { ParsedScript, SqlCommand } from '../../../load/scripts/script.ts';
import { ScriptError } from '../../../load/script-error.ts';
import { initialVariables, presets, type SamplePools } from '../../../load/traffic/draw.ts';
import { withConnection, type PgClient } from '../../../pg/client.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import { monotonicMs } from '../../../shared/clock.ts';
import type { Since } from './count-beyond.ts';
import { keyedRead, type KeyedRead } from './keyed-read.ts';
import { LIMITS, MOST_KEYS, writtenKeys, type Key } from './written-keys.ts';

/** The version of the app that is back in the end. */
export interface OldApp {
  readonly login: PgEndpoint;
  readonly scripts: readonly ParsedScript[];
  readonly pools: SamplePools;
  readonly seed: number;
}

const MOST_MS = 10_000;
/** Of one statement. */
const MOST_MS_EACH = 3_000;
const GAVE_UP: ReadonlySet<string> = new Set(['57014', '55P03']);
/** Data exception, and a subquery that found more than one row. */
const DATA_ERROR = /^(?:22|21)/;

interface Failing extends LostValues {
  readonly kind: string;
}

/** One look: what it asks, and until when. */
interface Look {
  readonly client: PgClient;
  readonly outs: readonly Since[];
  readonly untilMs: number;
  readonly signal: AbortSignal;
  readonly found: Failing[];
  /** By statement, before an undoing: one that writes the table anew makes all its rows look new. */
  readonly known: Map<string, readonly Key[]>;
  /** Only for `known`. */
  readonly isAhead: boolean;
}

/**
 * Asks the SELECTs of the version before with the keys of rows that were written since the deploys, as the app's own role, in
 * transactions that may only read. What a key fails with for its data (SQLSTATE class 22, 21000), and no key did before the plan,
 * is counted. At most 5,000 keys of a statement and 10 s in all: where some are left over, the number is at least that.
 */
export class OldReads {
  readonly #app: OldApp;
  /** What the app fails with by itself. */
  #own: ReadonlySet<string> = new Set();
  readonly #known = new Map<string, readonly Key[]>();

  constructor(app: OldApp) {
    this.#app = app;
  }

  /** Before the plan. */
  async start(signal: AbortSignal): Promise<void> {
    this.#own = new Set((await this.#look([], false, signal)).map(({ kind }) => kind));
  }

  /** Before an undoing: which rows have been written. */
  async ahead(outs: readonly Since[], signal: AbortSignal): Promise<void> {
    if (outs.length > 0) await this.#look(outs, true, signal);
  }

  /** After the last undoing: of each column the statement that fails on most. */
  async failing(outs: readonly Since[], signal: AbortSignal): Promise<LostValues[]> {
    if (outs.length === 0) return [];
    const most = new Map<string, LostValues>();
    for (const { kind, ...lost } of await this.#look(outs, false, signal)) {
      const key = JSON.stringify([lost.table, lost.column]);
      if (!this.#own.has(kind) && lost.count > (most.get(key)?.count ?? 0)) most.set(key, lost);
    }
    return [...most.values()];
  }

  async #look(outs: readonly Since[], isAhead: boolean, signal: AbortSignal): Promise<Failing[]> {
    const found: Failing[] = [];
    const untilMs = monotonicMs() + MOST_MS;
    const known = this.#known;
    const askAll = async (client: PgClient): Promise<void> => {
      await client.query(LIMITS);
      for (const script of this.#app.scripts)
        await this.#askScript(script, { client, outs, untilMs, signal, found, known, isAhead });
    };
    await withConnection(this.#app.login, 'compatibility', askAll, signal);
    return found;
  }

  /** Once through the script, which gives the variables that are no keys; what it writes is left out. */
  async #askScript(script: ParsedScript, look: Look): Promise<void> {
    const { pools, seed } = this.#app;
    const { client } = look;
    const random = new Random(seed, `reads/${script.file}`, 1);
    const nothing: SqlResult = { columns: [], firstRow: undefined };
    const query = async (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
      const { text, transaction, line } = command;
      if (transaction !== undefined || !/^\s*(?:select|with|values|table|\()/i.test(text)) return nothing;
      const read = keyedRead(text);
      if (read !== undefined) await askKeys({ read, script, line, values }, look);
      return unlessRefused<SqlResult>(queryAsText(client, { text: read?.text ?? text, values }), nothing);
    };
    const variables = initialVariables(script, pools, random, presets(seed, 0));
    const pause = (): Promise<void> => Promise.resolve();
    try {
      await runCommands(script.commands, { variables, random, query, pause });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error; // such as \gset behind a write that was left out
    }
  }
}

/** A statement of a script, with the values that one run of the script gives it. */
interface Asked {
  readonly read: KeyedRead;
  readonly script: ParsedScript;
  readonly line: number;
  readonly values: readonly (string | null)[];
}

async function askKeys(
  { read, script: { name, file }, line, values: own }: Asked,
  { client, outs, untilMs, signal, found, known, isAhead }: Look,
): Promise<void> {
  const beganMs = monotonicMs();
  const now = await unlessRefused(writtenKeys(read, outs, client), []);
  const statement = JSON.stringify([name, line]);
  if (isAhead) {
    if (now.length > 0 && now.length <= MOST_KEYS) known.set(statement, now);
    return;
  }
  const isMany = now.length > MOST_KEYS;
  const keys = (isMany ? known.get(statement) : undefined) ?? now;
  const failing = new Map<string, Key[]>();
  let asked = 0;
  for (const key of keys.slice(0, MOST_KEYS)) {
    signal.throwIfAborted();
    const nowMs = monotonicMs();
    if (nowMs > untilMs || nowMs > beganMs + MOST_MS_EACH) break;
    const values = own.map((value, at) => key.values.get(at) ?? value);
    const sqlstate = await refusalOf(queryAsText(client, { text: read.text, values }));
    if (sqlstate !== undefined && GAVE_UP.has(sqlstate)) break;
    asked += 1;
    if (sqlstate !== undefined && DATA_ERROR.test(sqlstate))
      failing.set(sqlstate, [...(failing.get(sqlstate) ?? []), key]);
  }
  if (failing.size === 0) return;
  const table = await fullName(read.relation, client);
  for (const [sqlstate, of] of failing) {
    const deploys = Math.min(...of.map((key) => key.deploys));
    found.push({
      kind: JSON.stringify([name, line, sqlstate]),
      table,
      column: read.column,
      count: of.length,
      since: outs[deploys - 1]?.deploy ?? '',
      isAtLeast: isMany || asked < keys.length || of.some(({ rows }) => rows > 1),
      limit: { rule: 'read', was: `readable by ${name} (${file}:${line})`, sqlstate },
    });
  }
}

async function fullName(relation: string, client: PgClient): Promise<string> {
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

/** What is refused says nothing: a view has no xmin, a role may not read the table, the column is gone. */
async function unlessRefused<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return (await refusalOf(asked)) === undefined ? asked : otherwise;
}
