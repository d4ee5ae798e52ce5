import type { SqlCommand } from '../../load/scripts/script.ts';
import type { PgClient } from '../../pg/client.ts';
import { isConnectionLoss, isFromPostgres } from '../../pg/pg-error.ts';
import { planShape, type ExplainNode, type PlanShape } from './plan-shape.ts';

/** EXPLAIN (GENERIC_PLAN) came with PostgreSQL 16, plan_cache_mode with 12. */
const GENERIC_PLAN_SINCE = 160_000;
export const PLAN_CACHE_MODE_SINCE = 120_000;
const WAYS = '(VERBOSE, FORMAT JSON)';
const PREPARED = 'rehearse_plan';

/**
 * The plan that the server would make without knowing the values; nothing is run.
 * @param version server_version_num, at least PLAN_CACHE_MODE_SINCE; before PostgreSQL 16 the session must have
 * `plan_cache_mode = force_generic_plan`
 * @returns undefined where there is none: a command without a plan, or one that does not fit the schema
 */
export async function genericPlan(
  client: PgClient,
  { text, parameters }: Pick<SqlCommand, 'text' | 'parameters'>,
  version: number,
): Promise<PlanShape | undefined> {
  try {
    const { rows } =
      version >= GENERIC_PLAN_SINCE
        ? await client.query<[unknown]>(asArrays(`EXPLAIN (GENERIC_PLAN, ${WAYS.slice(1)} ${text}`))
        : await explainPrepared(client, text, parameters.length);
    const [[answer] = []] = rows;
    const [{ Plan: root } = {}] = (typeof answer === 'string' ? JSON.parse(answer) : answer) as {
      Plan?: ExplainNode;
    }[];
    return root && planShape(root);
  } catch (error) {
    if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    return undefined;
  }
}

async function explainPrepared(
  client: PgClient,
  text: string,
  parameters: number,
): Promise<{ rows: [unknown][] }> {
  await client.query(`PREPARE ${PREPARED} AS ${text}`);
  try {
    const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ');
    const values = parameters === 0 ? '' : `(${nulls})`;
    return await client.query<[unknown]>(asArrays(`EXPLAIN ${WAYS} EXECUTE ${PREPARED}${values}`));
  } finally {
    await client.query(`DEALLOCATE ${PREPARED}`);
  }
}

function asArrays(text: string): { text: string; rowMode: 'array' } {
  return { text, rowMode: 'array' };
}
