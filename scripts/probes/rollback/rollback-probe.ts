import type { RollbackRecord } from '../../artifacts/records/of-plan/rollback-records.ts';
import { withConnection, type PgClient } from '../../pg/client.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import type { AppVersion, Step } from '../../plan/model.ts';
import { asError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import type { ProbeLife } from '../probe-life.ts';
import { catalogDifferences, type CatalogObject } from './catalog-differences.ts';
import { CATALOG_SQL } from './catalog-sql.ts';
import type { OldApp } from './values/reads/old-reads.ts';
import { ValuesProbe } from './values/values-probe.ts';

interface RollbackProbeSetup {
  readonly endpoint: PgEndpoint;
  readonly plan: readonly Step[];
  /** In order of rollout. */
  readonly versions: readonly AppVersion[];
  readonly old: OldApp;
  readonly writer: NdjsonWriter<RollbackRecord>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
}

/** Nobody of the plan holds a lock then; whoever else does must not stop the run for longer. */
const LONGEST_LOOK = '30s';

type CatalogRow = [kind: string, name: string, relation: string | null, facts: Record<string, unknown>];

/** Of a playing that goes back: the catalog before the plan beside the one after each step, and values that the way back drops. */
export class RollbackProbe {
  readonly #setup: RollbackProbeSetup;
  readonly #values: ValuesProbe;
  #start: readonly CatalogObject[] = [];
  #dead = false;

  private constructor(setup: RollbackProbeSetup) {
    this.#setup = setup;
    this.#values = new ValuesProbe(setup);
  }

  /** Looks for the first time. */
  static async start(setup: RollbackProbeSetup, signal: AbortSignal): Promise<RollbackProbe> {
    setup.life.note('rollback', 'started');
    const probe = new RollbackProbe(setup);
    await probe.#guarded(signal, async () => {
      probe.#start = await probe.#catalog(signal);
      probe.#write('start', probe.#start);
      await probe.#connected(signal, (client) => probe.#values.start(client, signal));
    });
    return probe;
  }

  async before(step: Step, signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, () =>
      this.#connected(signal, (client) => this.#values.before(step, client, signal)),
    );
  }

  async after(step: Step, signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, async () => {
      await this.#connected(signal, (client) => this.#values.after(step, client, signal));
      this.#write(step.name, await this.#catalog(signal));
    });
  }

  stop(): Promise<void> {
    if (!this.#dead) this.#setup.life.note('rollback', 'stopped');
    return Promise.resolve();
  }

  #write(after: string, now: readonly CatalogObject[]): void {
    const { writer, clock } = this.#setup;
    const differences = catalogDifferences(this.#start, now);
    writer.write({ type: 'catalog', after, tMs: clock.now(), objects: now.length, differences });
  }

  async #catalog(signal: AbortSignal): Promise<CatalogObject[]> {
    return this.#connected(signal, async (client) => {
      // Names are told with their schema wherever one is not on the path.
      await client.query('set search_path = pg_catalog');
      const { rows } = await client.query<CatalogRow>({ text: CATALOG_SQL, rowMode: 'array' });
      return rows.map(([kind, name, relation, facts]) => ({ kind, name, relation, facts }));
    });
  }

  async #connected<T>(signal: AbortSignal, look: (client: PgClient) => Promise<T>): Promise<T> {
    const limited = async (client: PgClient): Promise<T> => {
      await client.query(`set statement_timeout = '${LONGEST_LOOK}'; set lock_timeout = '${LONGEST_LOOK}'`);
      return look(client);
    };
    return withConnection(this.#setup.endpoint, 'setup', limited, signal);
  }

  /** The run goes on without its eyes; the verdict will be inconclusive. */
  async #guarded(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
    if (this.#dead) return;
    try {
      await look();
    } catch (error) {
      signal.throwIfAborted();
      this.#dead = true;
      this.#setup.life.note('rollback', 'died', asError(error).message);
    }
  }
}
