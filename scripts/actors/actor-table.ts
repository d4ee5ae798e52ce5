import { splitSql } from '../pg/sql/split.ts';
import type { ActorSpec, SqlFile, Step } from '../plan/model.ts';
import { byKind, type ByKind } from '../shared/by-kind.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { Control } from './control.ts';

/** The table that an actor works on. The plan may rename it, so it is known by its oid. */
export interface ActorTable {
  readonly oid: number;
  /** Schema-qualified and quoted, as it was called at first. */
  readonly name: string;
}

/** Statements that only look, or only set something. */
const HARMLESS = new Set([
  'SelectStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'TransactionStmt',
  'ExplainStmt',
]);
const USER_TABLE = `t.relkind in ('r', 'p') and t.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'`;
const NAMED = `select t.oid::bigint as oid, format('%I.%I', n.nspname, t.relname) as name`;

/**
 * The author's own choice; else the first table that the plan changes from the actor's step on, then before it; else the largest.
 * @throws CONFIG_INVALID where there is none
 */
export async function chooseTable(
  control: Control,
  spec: ActorSpec,
  plan: readonly Step[],
  startAt: string | undefined,
): Promise<ActorTable> {
  if (spec.table !== undefined) {
    const own = await firstOf(control, [spec.table]);
    if (own) return own;
    throw new RehearsalError('CONFIG_INVALID', `there is no table ${spec.table} when it begins`, {
      hint: `mend load.actors.${spec.name}.table, or let it begin before another step`,
    });
  }
  const at = Math.max(
    0,
    plan.findIndex(({ name }) => name === startAt),
  );
  const names: string[] = [];
  for (const step of [...plan.slice(at), ...plan.slice(0, at)]) names.push(...(await changedBy(step)));
  const found = (await firstOf(control, names)) ?? (await largest(control));
  if (found) return found;
  throw new RehearsalError('CONFIG_INVALID', 'the database has no table when it begins', {
    hint: 'let it begin before a later step',
  });
}

/** What a table is called now, quoted; undefined = it is gone. */
export async function nameOfTable(control: Control, oid: number): Promise<string | undefined> {
  const rows = await control.rows<{ name: string }>(
    `${NAMED} from pg_class t join pg_namespace n on n.oid = t.relnamespace where t.oid = $1::oid`,
    [oid],
  );
  return rows[0]?.name;
}

/** Relations that a step names in statements that change something, in their order. */
async function changedBy(step: Step): Promise<string[]> {
  return byKind(step, CHANGED);
}

const nothing = (): string[] => [];

const CHANGED: ByKind<Step, string[] | Promise<string[]>> = {
  sql: ({ files }) => changedByFiles(files),
  command: nothing, // nobody can read what it will do
  deploy: nothing,
  backfill: ({ table }) => [table],
  soak: nothing,
  verify: nothing,
  maintenance: nothing,
};

async function changedByFiles(files: readonly SqlFile[]): Promise<string[]> {
  const names: string[] = [];
  for (const { text } of files) {
    const split = await splitSql(text);
    if (!split.ok) continue;
    for (const { node, relations } of split.statements) if (!HARMLESS.has(node)) names.push(...relations);
  }
  return names;
}

/** The first of these that is a table, or an index of one. */
async function firstOf(control: Control, names: readonly string[]): Promise<ActorTable | undefined> {
  return one(
    control,
    `${NAMED} from unnest($1::text[]) with ordinality as wanted(name, place)
       join pg_class found on found.oid = to_regclass(wanted.name)
       left join pg_index i on i.indexrelid = found.oid
       join pg_class t on t.oid = coalesce(i.indrelid, found.oid)
       join pg_namespace n on n.oid = t.relnamespace
      where ${USER_TABLE} order by place limit 1`,
    [names],
  );
}

async function largest(control: Control): Promise<ActorTable | undefined> {
  return one(
    control,
    `${NAMED} from pg_class t join pg_namespace n on n.oid = t.relnamespace
      where ${USER_TABLE} order by pg_total_relation_size(t.oid) desc, t.oid limit 1`,
    [],
  );
}

async function one(control: Control, sql: string, values: unknown[]): Promise<ActorTable | undefined> {
  const [row] = await control.rows<{ oid: string; name: string }>(sql, values);
  return row && { oid: Number(row.oid), name: row.name };
}
