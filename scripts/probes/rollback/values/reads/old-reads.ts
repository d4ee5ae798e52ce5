import type { LostValues, NotAsked } from '../../../../artifacts/records/of-plan/rollback-records.ts';
import { Random } from '../../../../load/chance/random.ts';
import { queryAsText } from '../../../../load/scripts/query-as-text.ts';
import { runCommands, type SqlResult } from '../../../../load/scripts/run-commands.ts';
import type { ParsedScript, SqlCommand } from '../../../../load/scripts/script.ts';
import { ScriptError } from '../../../../load/script-error.ts';
import { initialVariables, presets, type SamplePools } from '../../../../load/traffic/draw.ts';
import { withConnection, type PgClient } from '../../../../pg/client.ts';
import type { PgEndpoint } from '../../../../pg/endpoint.ts';
import { monotonicMs } from '../../../../shared/clock.ts';
import type { Since } from '../count-beyond.ts';
import { askStatement, placeOf, unlessRefused, type KnownKeys, type Look } from './ask-statement.ts';
import type { Views } from './views.ts';
import { LIMITS } from './written-keys.ts';

/** The version of the app that is back in the end. */
export interface OldApp {
  readonly login: PgEndpoint;
  readonly scripts: readonly ParsedScript[];
  readonly pools: SamplePools;
  readonly seed: number;
}

const MOST_MS = 10_000;

/** What the version before could not be asked, and what it fails on. */
interface OldAnswers {
  readonly failing: readonly LostValues[];
  readonly notAsked: readonly NotAsked[];
}

/**
 * Asks the SELECTs of the version before with the keys of rows that were written since the deploys, as the app's own role, in
 * transactions that may only read. What a key fails with for its data (SQLSTATE class 22 or P0, 21000), and no key did before the
 * plan, is counted. At most 5,000 keys of a statement and 10 s in all: where some are left over, the number is at least that.
 */
export class OldReads {
  readonly #app: OldApp;
  /** What the app fails with by itself. */
  #own: ReadonlySet<string> = new Set();
  readonly #known: KnownKeys = new Map();

  constructor(app: OldApp) {
    this.#app = app;
  }

  /** Before the plan. */
  async start(signal: AbortSignal): Promise<void> {
    this.#own = new Set((await this.#look([], false, signal)).found.map(({ kind }) => kind));
  }

  /** Before an undoing: which rows have been written. */
  async ahead(outs: readonly Since[], signal: AbortSignal): Promise<void> {
    if (outs.length > 0) await this.#look(outs, true, signal);
  }

  /** After the last undoing: of each column the statement that fails on most. */
  async answers(outs: readonly Since[], signal: AbortSignal): Promise<OldAnswers> {
    if (outs.length === 0) return { failing: [], notAsked: [] };
    const most = new Map<string, LostValues>();
    const { found, notAsked } = await this.#look(outs, false, signal);
    for (const { kind, ...lost } of found) {
      const key = JSON.stringify([lost.table, lost.column]);
      if (!this.#own.has(kind) && lost.count > (most.get(key)?.count ?? 0)) most.set(key, lost);
    }
    return { failing: [...most.values()], notAsked };
  }

  async #look(outs: readonly Since[], isAhead: boolean, signal: AbortSignal): Promise<Look> {
    const untilMs = monotonicMs() + MOST_MS;
    const known = this.#known;
    const askAll = async (client: PgClient): Promise<Look> => {
      await client.query(LIMITS);
      const views: Views = new Map();
      const look: Look = { client, outs, untilMs, signal, known, isAhead, views, found: [], notAsked: [] };
      for (const script of this.#app.scripts) await this.#askScript(script, look);
      return look;
    };
    return withConnection(this.#app.login, 'compatibility', askAll, signal);
  }

  /** Once through the script, which gives the variables that are no keys; what it writes is left out. */
  async #askScript(script: ParsedScript, look: Look): Promise<void> {
    const { pools, seed } = this.#app;
    const { client } = look;
    const random = new Random(seed, `reads/${script.file}`, 1);
    const nothing: SqlResult = { columns: [], firstRow: undefined };
    const come = new Set<number>();
    const query = async (command: SqlCommand, values: (string | null)[]): Promise<SqlResult> => {
      const { text, transaction, line } = command;
      come.add(line);
      if (transaction !== undefined || !isRead(text)) return nothing;
      const bare = await askStatement({ text, script, line, values }, look);
      return unlessRefused<SqlResult>(queryAsText(client, { text: bare, values }), nothing);
    };
    const variables = initialVariables(script, pools, random, presets(seed, 0));
    const pause = (): Promise<void> => Promise.resolve();
    try {
      await runCommands(script.commands, { variables, random, query, pause });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error; // such as \gset behind a write that was left out
      const left = script.commands.filter(
        (one) => one.kind === 'sql' && isRead(one.text) && !come.has(one.line),
      );
      for (const { line } of left)
        look.notAsked.push({ statement: placeOf({ script, line }), why: 'behind-write' });
    }
  }
}

function isRead(text: string): boolean {
  return /^\s*(?:select|with|values|table|\()/i.test(text);
}
