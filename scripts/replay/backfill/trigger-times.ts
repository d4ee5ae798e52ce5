import type { BatchTriggers, TriggerTime } from '../../artifacts/records/of-plan/batch-record.ts';
import type { PgClient } from '../../pg/client.ts';
import { assignedColumns } from '../../plan/backfill-sql.ts';
import type { BackfillStep } from '../../plan/model.ts';
import type { Condition } from './backfill-key.ts';

/** Batches of a backfill that are asked for the time of their triggers: EXPLAIN looks at its clock for every row. */
const MEASURED_BATCHES = 5;

/** A trigger for UPDATE of the table or of one of its partitions, as EXPLAIN names it. */
interface TableTrigger {
  readonly relation: string;
  readonly trigger: string;
  readonly name: string;
  readonly function: string | null;
}

/**
 * Triggers for UPDATE that are not disabled, and those that keep foreign keys of columns that are set. None of a view, nor
 * of a table with rules: with them an UPDATE is more than one, or refuses RETURNING.
 */
const TRIGGERS = `
  with recursive tree as (
    select $1::regclass::oid as oid
    union all select h.inhrelid from pg_inherits h join tree on tree.oid = h.inhparent)
  select c.relname as relation, t.tgname as trigger, coalesce(k.conname, t.tgname) as name,
         case when not t.tgisinternal then n.nspname || '.' || p.proname end as function
    from tree
    join pg_class c on c.oid = tree.oid
    join pg_trigger t on t.tgrelid = tree.oid
    join pg_proc p on p.oid = t.tgfoid
    join pg_namespace n on n.oid = p.pronamespace
    left join pg_constraint k on k.oid = t.tgconstraint and t.tgisinternal
   where t.tgenabled <> 'D' and (t.tgtype & 16) <> 0
     and (not t.tgisinternal or exists (
           select from pg_attribute a
            where a.attrelid = t.tgrelid and a.attname = any ($2::name[])
              and a.attnum = any (case when k.conrelid = t.tgrelid then k.conkey else k.confkey end)))
     and not exists (select from pg_class r where r.oid = $1::regclass and (r.relhasrules or r.relkind = 'v'))`;

/** What the triggers of a backfill take: asked of its first batches, where the table has some. */
export class TriggerTimes {
  static readonly NONE = new TriggerTimes([]);
  readonly #triggers: readonly TableTrigger[];
  #left: number;

  private constructor(triggers: readonly TableTrigger[]) {
    this.#triggers = triggers;
    this.#left = triggers.length === 0 ? 0 : MEASURED_BATCHES;
  }

  /** @throws what PostgreSQL says */
  static async of(client: PgClient, { table, set }: BackfillStep): Promise<TriggerTimes> {
    const { rows } = await client.query<TableTrigger>(TRIGGERS, [table, await assignedColumns(set)]);
    return new TriggerTimes(rows);
  }

  /** Runs a batch's UPDATE, which does and answers the same whether it is measured or not. */
  async update(
    client: PgClient,
    sql: string,
    parameters: Condition['values'],
  ): Promise<{ rows: number; triggers?: BatchTriggers }> {
    if (this.#left === 0) return { rows: (await client.query(sql, [...parameters])).rowCount ?? 0 };
    const explained = explainedBy((await client.query(measured(sql), [...parameters])).rows);
    this.#left -= 1;
    return {
      rows: Math.round(explained.Plan['Actual Rows']),
      triggers: { executionMs: explained['Execution Time'], fired: explained.Triggers.map(this.#time) },
    };
  }

  readonly #time = (fired: Explained['Triggers'][number]): TriggerTime => {
    const { 'Trigger Name': trigger, Relation: relation, Calls: calls, Time: timeMs } = fired;
    const known = this.#triggers.find((one) => one.trigger === trigger && one.relation === relation);
    const name = known?.name ?? fired['Constraint Name'] ?? trigger;
    return { name, function: known?.function ?? null, calls, timeMs };
  };
}

/** The parts of EXPLAIN's answer that count here. */
interface Explained {
  readonly Plan: { readonly 'Actual Rows': number };
  readonly 'Execution Time': number;
  readonly Triggers: readonly {
    readonly 'Trigger Name': string;
    readonly 'Constraint Name'?: string;
    readonly Relation: string;
    readonly Time: number;
    readonly Calls: number;
  }[];
}

/** RETURNING is for the count of the rows: a BEFORE trigger can let some be. */
function measured(update: string): string {
  return `explain (analyze, costs off, buffers off, format json) ${update} returning 1`;
}

function explainedBy(rows: readonly unknown[]): Explained {
  const [row] = rows as readonly { 'QUERY PLAN': readonly Explained[] }[];
  const [explained] = row?.['QUERY PLAN'] ?? [];
  if (explained === undefined) throw new TypeError('EXPLAIN without a plan');
  return explained;
}
