import type { RenamedRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../../pg/asker.ts';
import { FIRST_USER_OID } from '../catalog.ts';
import { RelationNames } from '../relation-names.ts';
import type { Touched } from '../touched/touched.ts';

const NAMES = `
  select c.oid::bigint, n.nspname || '.' || c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't' and c.oid >= ${FIRST_USER_OID}
   order by 2`;

/** What the tables and materialized views that were there before the plan are called by now. */
export class TableNames {
  readonly #first: ReadonlyMap<number, string>;
  readonly #told = new Map<number, string>();

  #names: RelationNames;

  private constructor(first: ReadonlyMap<number, string>, names: RelationNames) {
    this.#first = first;
    this.#names = names;
  }

  /** @throws what PostgreSQL says */
  static async read(client: Asker, touched: Touched): Promise<TableNames> {
    return new TableNames(await readNames(client), await new RelationNames(client, touched).asOfNow());
  }

  /** `schema.name`, before the plan. */
  get first(): string[] {
    return [...this.#first.values()];
  }

  /** Those whose names are others than at the last look. @throws what PostgreSQL says */
  async renamed(): Promise<RenamedRecord['tables']> {
    const now = (this.#names = await this.#names.asOfNow());
    const tables: RenamedRecord['tables'][number][] = [];
    for (const [oid, first] of this.#first) {
      const name = now.known(oid);
      if (name === undefined || name === (this.#told.get(oid) ?? first)) continue;
      this.#told.set(oid, name);
      tables.push({ first, now: name });
    }
    return tables;
  }
}

async function readNames(client: Asker): Promise<Map<number, string>> {
  const { rows } = await client.query<[oid: string, name: string]>({ text: NAMES, rowMode: 'array' });
  return new Map(rows.map(([oid, name]) => [Number(oid), name]));
}
