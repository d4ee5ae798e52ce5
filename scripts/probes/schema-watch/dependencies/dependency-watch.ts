import type { DependencyChange, ScriptPlan } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import { WarmConnection } from '../../../pg/warm-connection.ts';
import { sqlstateOf } from '../../../pg/pg-error.ts';
import { asApp, type AppScripts } from '../../app-sessions.ts';
import type { Touched } from '../../touched/touched.ts';
import { ScriptPlans } from '../../script-plans/script-plans.ts';
import { dependencyChanges } from './changes.ts';
import type { DependencyStock } from './stock.ts';
import { StockReader } from './stock-reader.ts';

/** Somebody may still hold a lock that the look needs; it is not worth the app's way. */
const LIMITS = `set statement_timeout = '5s'; set lock_timeout = '300ms'`;

/** lock_not_available, query_canceled */
const GAVE_WAY: ReadonlySet<string> = new Set(['55P03', '57014']);

interface DependencyLook {
  readonly changes: readonly DependencyChange[];
  readonly plans: readonly ScriptPlan[];
}

/** Compares from look to look what the app's statements lean on, and how the server would run them. */
export class DependencyWatch {
  readonly #connection: WarmConnection;
  readonly #app: AppScripts;
  readonly #plans = new ScriptPlans();
  readonly #stock: StockReader;
  #before: DependencyStock | undefined;

  constructor(endpoint: PgEndpoint, app: AppScripts, touched?: Touched) {
    this.#connection = new WarmConnection(endpoint);
    this.#stock = new StockReader(touched);
    this.#app = app;
  }

  async look(): Promise<DependencyLook> {
    const plans: ScriptPlan[] = [];
    await asApp(this.#app, async (client, own) => {
      await client.query(LIMITS);
      plans.push(...(await this.#plans.look(client, own)));
    });
    return {
      plans,
      changes: await this.#connection.use((client) => this.#changes(client)),
    };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** What could not be read is compared the next time. */
  async #changes(client: PgClient): Promise<DependencyChange[]> {
    try {
      await client.query(`${LIMITS}; set search_path = pg_catalog`);
      const now = await this.#stock.read(client);
      const changes = this.#before === undefined ? [] : dependencyChanges(this.#before, now);
      this.#before = now;
      return changes;
    } catch (error) {
      if (!GAVE_WAY.has(sqlstateOf(error) ?? '')) throw error;
      return [];
    }
  }
}
