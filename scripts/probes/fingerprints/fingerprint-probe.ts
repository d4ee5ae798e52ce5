import type { RowsBesideQuiet } from '../../artifacts/records/of-plan/fingerprint-record.ts';
import type { SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { isConnectionLoss, isFromPostgres } from '../../pg/pg-error.ts';
import type { Scenario, Step } from '../../plan/model.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { compareAsBag, compareByKey, type HashedRows } from './compare-rows.ts';
import { looksOf, type LookFacts, type TableLook } from './plan-look.ts';
import { stepsToKeep, type QuietRows, type QuietTable } from './quiet-rows.ts';
import { readRows, shareOf } from './read-rows.ts';

interface FingerprintSetup extends LookFacts {
  readonly endpoint: PgEndpoint;
  readonly scenario: Scenario;
  /** All of the run. */
  readonly scenarios: readonly Scenario[];
  readonly plan: readonly Step[];
  readonly quiet: QuietRows;
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
}

/** The app goes on meanwhile, and the plan waits for it. */
const LONGEST_LOOK = '20s';

interface Seen {
  readonly oneIn: number;
  readonly rows: HashedRows;
}

/**
 * Compares what a step that was cut off left in its tables with what it leaves in the quiet playing: hashes of rows by their primary
 * keys. It looks while nothing of the plan runs.
 */
export class FingerprintProbe {
  readonly #setup: FingerprintSetup;
  readonly #kept: ReadonlySet<string>;
  readonly #start = new Map<string, Seen>();
  #before = new Map<string, Seen>();

  private constructor(setup: FingerprintSetup) {
    this.#setup = setup;
    this.#kept = stepsToKeep(setup.scenario, setup.scenarios);
  }

  /** Reads the keys of tables to which the app adds rows. */
  static async start(setup: FingerprintSetup, signal: AbortSignal): Promise<FingerprintProbe> {
    const probe = new FingerprintProbe(setup);
    const steps = setup.plan.filter(({ name }) => probe.#kept.has(name));
    if (steps.length === 0) return probe;
    await probe.#looking(signal, async (client) => {
      for (const step of steps)
        for (const look of (await looksOf(step, setup, client)).looks) {
          if (!look.appMovesRows || probe.#start.has(look.table)) continue;
          const keys = { ...look, gates: [], values: [] };
          probe.#start.set(look.table, await probe.#read(keys, client));
        }
    });
    return probe;
  }

  async before(step: Step, signal: AbortSignal): Promise<void> {
    const { quiet, scenario } = this.#setup;
    this.#before = new Map();
    const known = step.cut === undefined ? undefined : quiet.of(scenario, step.name);
    if (!this.#kept.has(step.name) && known === undefined) return;
    await this.#looking(signal, async (client) => {
      const { looks } = await looksOf(step, this.#setup, client);
      for (const look of looks) {
        const own = known?.find((one) => lookKey(one.look) === lookKey(look));
        const oneIn = own?.oneIn ?? this.#start.get(look.table)?.oneIn ?? (await shareOf(look, client));
        this.#before.set(lookKey(look), { oneIn, rows: await this.#readShare(look, oneIn, client) });
      }
    });
  }

  /** @param isDone the step went through */
  async after(step: Step, isDone: boolean, signal: AbortSignal): Promise<void> {
    if (!isDone) return;
    const { quiet, scenario } = this.#setup;
    if (this.#kept.has(step.name)) await this.#looking(signal, (client) => this.#keep(step, client));
    if (step.cut === undefined) return;
    const known = quiet.of(scenario, step.name);
    if (known === undefined) return;
    await this.#looking(signal, (client) => this.#compare(step, known, client));
  }

  async #keep(step: Step, client: PgClient): Promise<void> {
    const { quiet, scenario } = this.#setup;
    const { looks } = await looksOf(step, this.#setup, client);
    const tables: QuietTable[] = [];
    for (const look of looks) {
      const known = this.#before.get(lookKey(look));
      const start = this.#start.get(look.table);
      // Of a table that came with the plan nobody can tell which rows are the app's.
      if (look.appMovesRows && start === undefined) continue;
      const oneIn = start?.oneIn ?? known?.oneIn ?? (await shareOf(look, client));
      const after = await this.#readShare(look, oneIn, client);
      const before = known?.oneIn === oneIn ? known.rows : undefined;
      tables.push({ look, oneIn, start: start && new Set(start.rows.keys), before, after });
    }
    quiet.keep(scenario, step.name, tables);
  }

  async #compare(step: Step, known: readonly QuietTable[], client: PgClient): Promise<void> {
    const { writer, clock } = this.#setup;
    const { looks, skipped } = await looksOf(step, this.#setup, client);
    const tables: RowsBesideQuiet[] = skipped.map((one) => ({ ...one, rows: null }));
    for (const { look, oneIn, start, before, after: quiet } of known) {
      const now = looks.find((one) => lookKey(one) === lookKey(look));
      if (now === undefined) continue;
      const cut = await this.#readShare(now, oneIn, client);
      const cutBefore = this.#before.get(lookKey(look))?.rows;
      const looked = { start, before, cutBefore, quiet, cut };
      const rows = look.key === null ? compareAsBag(looked) : compareByKey(looked);
      tables.push({ table: look.table, reason: null, rows: { ...rows, oneIn } });
    }
    writer.write({ type: 'beside-quiet', step: step.name, tMs: clock.now(), tables });
  }

  async #read(look: TableLook, client: PgClient): Promise<Seen> {
    const oneIn = await shareOf(look, client);
    return { oneIn, rows: await this.#readShare(look, oneIn, client) };
  }

  #readShare(look: TableLook, oneIn: number, client: PgClient): Promise<HashedRows> {
    return readRows(look, { oneIn, seed: this.#setup.quiet.seed }, client);
  }

  /** What PostgreSQL refuses, as where the look takes too long, is not compared: then there is no record of it. */
  async #looking(signal: AbortSignal, look: (client: PgClient) => Promise<void>): Promise<void> {
    try {
      await withConnection(
        this.#setup.endpoint,
        'setup',
        async (client) => {
          await client.query(`set statement_timeout = '${LONGEST_LOOK}'; set lock_timeout = '2s'`);
          await look(client);
        },
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    }
  }
}

/** The same rows by the same columns. */
function lookKey({ table, key, gates, values }: TableLook): string {
  return JSON.stringify([table, key, gates, values]);
}
