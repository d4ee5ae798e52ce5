import type { LostValues } from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import { allowedNow, type Allowed } from './allowed.ts';
import { countBeyond, type Since } from './count-beyond.ts';
import { loosened, type Loosened } from './loosened.ts';

/**
 * Values that were written since the deploys and that the catalog of before the plan would not have let in: a version of before
 * never met such. What it held is looked up again each time, and only what it does not hold any more is counted.
 */
export class PastLimits {
  #before: Allowed = { columns: [], checks: [], keys: [] };
  /** Until a rewrite of the table makes all its rows look new. */
  readonly #since = new Map<string, string>();
  /** Beyond a type, when the undoing that goes on began. */
  #wide = new Map<string, LostValues>();

  async start(client: PgClient): Promise<void> {
    this.#before = await allowedNow(client);
  }

  /** Before an undoing. */
  async look(outs: readonly Since[], client: PgClient): Promise<void> {
    const beyond = await this.beyond(outs, client);
    this.#wide = new Map(
      beyond.filter(({ limit }) => limit?.rule === 'type').map((one) => [keyOf(one), one]),
    );
  }

  /** Values that stand there and are beyond a limit. */
  async beyond(outs: readonly Since[], client: PgClient): Promise<LostValues[]> {
    const found: LostValues[] = [];
    if (outs.length === 0) return found;
    for (const limit of await this.#loosened(client)) {
      const values = await countBeyond(limit, outs, client);
      if (values === undefined) continue;
      const since = this.#since.get(keyOf(values)) ?? values.since;
      this.#since.set(keyOf(values), since);
      found.push({ ...values, since });
    }
    return found;
  }

  /** Behind an undoing: those whose column has its type of before again, in which they cannot be whole. */
  async cut(client: PgClient): Promise<LostValues[]> {
    if (this.#wide.size === 0) return [];
    const still = new Set((await this.#loosened(client)).map(keyOf));
    const { columns } = await allowedNow(client);
    const there = new Set(columns.map(({ table, name }) => JSON.stringify([table, name])));
    return [...this.#wide]
      .filter(([key, { table, column }]) => !still.has(key) && there.has(JSON.stringify([table, column])))
      .map(([, values]) => values);
  }

  async #loosened(client: PgClient): Promise<Loosened[]> {
    return loosened(this.#before, await allowedNow(client), client);
  }
}

function keyOf({ table, column, limit }: Pick<LostValues, 'table' | 'column' | 'limit'>): string {
  return JSON.stringify([table, column, limit]);
}
