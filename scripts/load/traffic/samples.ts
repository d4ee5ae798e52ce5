import type { PgClient } from '../../pg/client.ts';
import { InputError, type Mistake } from '../../shared/errors.ts';
import type { SamplePools } from './draw.ts';
import { columnName, poolKey, type ParsedScript, type Sample } from '../scripts/script.ts';

export type { SamplePools } from './draw.ts';

/** Values per column. */
const POOL_SIZE = 10_000;
/** Above this a table is sampled by pages first: about this much of it is read. */
const READ_BYTES = 64 * 1024 ** 2;

/**
 * Draws up to 10,000 values of every column that the scripts sample: rows, not distinct values, so that a value is as
 * frequent as in the table. The same data and seed give the same values.
 * @throws InputError with every column that does not exist or holds no value
 */
export async function loadSamples(
  client: PgClient,
  scripts: readonly ParsedScript[],
  seed: number,
): Promise<SamplePools> {
  const pools = new Map<string, string[]>();
  const problems = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const script of scripts) {
    for (const sample of script.samples) {
      const key = poolKey(sample);
      if (!pools.has(key) && !problems.has(key)) {
        const drawn = await drawPool(client, sample, seed);
        if (typeof drawn === 'string') problems.set(key, drawn);
        else pools.set(key, drawn);
      }
      const problem = problems.get(key);
      if (problem === undefined) continue;
      const message = `cannot sample ${sample.variable} from ${columnName(sample)}: ${problem}`;
      mistakes.push({ file: script.file, line: sample.line, key: '', message });
    }
  }
  if (mistakes.length > 0) throw new InputError(mistakes);
  return pools;
}

/** The values, or why there are none. */
async function drawPool(client: PgClient, sample: Sample, seed: number): Promise<string[] | string> {
  const relation = await findRelation(client, sample);
  if (typeof relation === 'string') return relation;
  const column = client.escapeIdentifier(sample.column);
  // The place of a row is its identity; a view has none, so there the whole row stands for it.
  const identity = relation.hasPlaces ? `t.tableoid::text || t.ctid::text` : 't::text';
  const draw = async (sampling: string): Promise<string[]> => {
    const { rows } = await client.query<[string]>({
      text: `SELECT t.${column}::text FROM ${relation.name} AS t ${sampling} WHERE t.${column} IS NOT NULL
             ORDER BY hashtextextended(${identity}, $1) LIMIT ${POOL_SIZE}`,
      values: [seed],
      rowMode: 'array',
    });
    return rows.map(([value]) => value);
  };
  const percent = relation.hasPlaces ? (100 * READ_BYTES) / relation.sizeBytes : 100;
  if (percent < 100) {
    const sampled = await draw(`TABLESAMPLE SYSTEM (${percent.toFixed(6)}) REPEATABLE (${seed})`);
    if (sampled.length > 0) return sampled;
  }
  const drawn = await draw('');
  return drawn.length > 0 ? drawn : 'it holds no value';
}

interface FoundRelation {
  /** Quoted and with its schema. */
  readonly name: string;
  /** Of a table and its partitions, without indexes and TOAST. */
  readonly sizeBytes: number;
  /** Its rows have a ctid. */
  readonly hasPlaces: boolean;
}

const FIND = `
  SELECT c.oid::regclass::text AS name, c.relkind IN ('r', 'm', 'p') AS "hasPlaces", a.attname IS NOT NULL AS "hasColumn",
         (SELECT coalesce(sum(pg_relation_size(part.relid)), pg_relation_size(c.oid))::float8
            FROM pg_partition_tree(c.oid) AS part WHERE part.isleaf) AS "sizeBytes"
    FROM pg_class c
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'm', 'p', 'v', 'f')`;

async function findRelation(client: PgClient, sample: Sample): Promise<FoundRelation | string> {
  const { schema, table, column } = sample;
  const path = schema === undefined ? [table] : [schema, table];
  const { rows } = await client.query<FoundRelation & { hasColumn: boolean }>(FIND, [
    path.map((name) => client.escapeIdentifier(name)).join('.'),
    column,
  ]);
  const [relation] = rows;
  if (!relation) return `there is no table ${path.join('.')}`;
  return relation.hasColumn ? relation : `the table has no column ${column}`;
}
