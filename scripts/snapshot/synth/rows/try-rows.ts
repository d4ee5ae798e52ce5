import type pg from 'pg';
import { publicPgError } from '../../../pg/pg-error.ts';
import { RehearsalError } from '../../../shared/errors.ts';
import { CopySink } from '../../text/copy-sink.ts';
import type { TablePlan } from '../plan/table-plan.ts';
import { copyColumns, copyRows } from './copy-rows.ts';

const ROWS = 200;

/**
 * Makes some rows of each table and lets PostgreSQL hold them against its checks, so that all that cannot be met is told at once.
 * Nothing of it stays.
 * @returns what is not met, as sentences
 */
export async function tryRows(client: pg.Client, tables: readonly TablePlan[]): Promise<string[]> {
  const mistakes: string[] = [];
  for (const table of tables) if (table.rows > 0) mistakes.push(...(await tryTable(client, table)));
  return [...new Set(mistakes)];
}

async function tryTable(client: pg.Client, table: TablePlan): Promise<string[]> {
  const rows = [...new Set(Array.from({ length: ROWS }, (_, at) => Math.floor((at * table.rows) / ROWS)))];
  let made: Buffer[];
  try {
    made = [...copyRows(table, rows)];
  } catch (error) {
    if (error instanceof RehearsalError) return [error.message];
    throw error;
  }
  // What is computed here is sure; only PostgreSQL can tell the rest.
  const unsure = new Set(table.predicates.filter(({ holds }) => holds === undefined).map(({ name }) => name));
  const checks = table.schema.checks.filter(({ name }) => unsure.has(name));
  if (checks.length === 0) return [];
  await client.query('begin');
  try {
    await client.query(`create temp table rehearse_try (like ${table.schema.sqlName}) on commit drop`);
    const sink = new CopySink(client, `copy pg_temp.rehearse_try${copyColumns(table)} from stdin`);
    for (const bytes of made) await sink.write(bytes);
    await sink.end();
    const broken: string[] = [];
    for (const { name, sql } of checks) {
      const { rows: found } = await client.query<{ broken: number }>(
        `select count(*)::int as broken from pg_temp.rehearse_try where not (${sql})`,
      );
      if ((found[0]?.broken ?? 0) > 0)
        broken.push(`${name} of ${table.shown} is not met by what is made, and how to meet it is not known`);
    }
    return broken;
  } catch (error) {
    return [`rows of ${table.shown} are refused: ${publicPgError(error).message}`];
  } finally {
    await client.query('rollback');
  }
}
