import type { PgClient } from '../../pg/client.ts';
import type { GuessedScript, Sample } from './guess-scripts.ts';

/** A script that was seen to run. */
export interface SettledScript {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
}

const FIRST_NUMBER = 1_000_000;
const LAST_NUMBER = 2_000_000_000;

/** Those that run on the database as it is, each in the first of its ways that does; nothing that they write stays. */
export async function settleScripts(
  client: PgClient,
  scripts: readonly GuessedScript[],
  values: ReadonlyMap<string, string>,
): Promise<SettledScript[]> {
  const settled: SettledScript[] = [];
  for (const script of scripts) {
    if (!script.samples.every((sample) => values.has(placeOf(sample)))) continue;
    for (const statement of script.statements) {
      if (!(await runs(client, statement, script.samples, values))) continue;
      settled.push({ name: `${script.name}.sql`, text: textOf(script, statement) });
      break;
    }
  }
  return settled;
}

/** A value of each column that is drawn from; none of an empty one. */
export async function drawValues(
  client: PgClient,
  scripts: readonly GuessedScript[],
): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const sample of scripts.flatMap(({ samples }) => samples)) {
    const { table, column } = sample;
    const { rows } = await client.query<{ value: string }>(
      `select ${column}::text as value from ${table} where ${column} is not null limit 1`,
    );
    if (rows[0] !== undefined) values.set(placeOf(sample), rows[0].value);
  }
  return values;
}

function placeOf({ table, column }: Sample): string {
  return `${table}.${column}`;
}

/** As the load does: parameters without a type. */
async function runs(
  client: PgClient,
  statement: string,
  samples: readonly Sample[],
  values: ReadonlyMap<string, string>,
): Promise<boolean> {
  const given: string[] = [];
  const text = statement.replace(/;$/, '').replace(/(?<![:\w]):([A-Za-z_]\w*)/g, (_, name: string) => {
    const sample = samples.find(({ variable }) => variable === name);
    given.push(sample === undefined ? String(FIRST_NUMBER) : (values.get(placeOf(sample)) ?? ''));
    return `$${given.length}`;
  });
  await client.query('begin');
  try {
    await client.query(text, given);
    return true;
  } catch {
    return false; // another way may do; where none does, the table has no such script
  } finally {
    await client.query('rollback');
  }
}

function textOf({ weight, samples }: GuessedScript, statement: string): string {
  const drawn = samples.map(
    ({ variable, table, column }) => `-- rehearse: sample ${variable} from ${table}.${column}\n`,
  );
  const number = statement.includes(':number')
    ? `\\set number random(${FIRST_NUMBER}, ${LAST_NUMBER})\n`
    : '';
  return `-- guess: does the app ask so, and how often?\n-- rehearse: weight=${weight}\n${drawn.join('')}${number}${statement}\n`;
}
