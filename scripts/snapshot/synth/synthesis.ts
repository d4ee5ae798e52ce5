import type pg from 'pg';
import type { SqlPiece, StatementPiece } from '../../pg/scanner/sql-piece.ts';
import type { Statistics } from '../../plan/statistics/statistics.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { runRaw } from '../raw-query.ts';
import { makePlan, type Plan } from './plan/make-plan.ts';
import type { TablePlan } from './plan/table-plan.ts';
import { copyColumns, copyRows } from './rows/copy-rows.ts';
import { tryRows } from './rows/try-rows.ts';
import { readSchema } from './schema/read-schema.ts';
import type { TableSchema } from './schema/table-schema.ts';

interface SynthesisOptions {
  readonly statistics: Statistics;
  /** Of production's rows. */
  readonly scale: number;
  /** The same one makes the same rows. */
  readonly seed: string;
  /** ISO 8601: what has no histogram ends here. */
  readonly until: string;
  /** How messages call the folder. */
  readonly shown: string;
}

/**
 * Takes the place of a dump's rows: lets the schema through up to what comes behind the rows, reads there what they have to meet,
 * makes them, and lets the rest through. Rows that the text itself brings are left out.
 */
export class Synthesis {
  readonly #options: SynthesisOptions;
  readonly #late: StatementPiece[] = [];
  readonly #notes: string[] = [];
  #leftOut = 0;
  #rows = 0;

  constructor(options: SynthesisOptions) {
    this.#options = options;
  }

  /** What was made, and what of it is not as in production, as sentences. */
  get notes(): string[] {
    const { scale } = this.#options;
    const share = scale === 1 ? 'as many as in production' : `production’s times ${scale}`;
    const left =
      this.#leftOut === 0
        ? []
        : [`${plural(this.#leftOut, 'statement')} of the schema that bring rows were left out.`];
    return [
      `All ${plural(this.#rows, 'row')} were made from schema and statistics, ${share}: no value is production’s but those that the schema names.`,
      ...this.#notes,
      ...left,
    ];
  }

  /** @throws SNAPSHOT_INVALID with everything that cannot be met */
  async *pieces(read: AsyncIterable<SqlPiece>, client: pg.Client): AsyncGenerator<SqlPiece> {
    let inCopy = false;
    for await (const piece of read) {
      if (piece.type === 'copy-data' || piece.type === 'copy-end') continue;
      inCopy = piece.type === 'statement' && piece.copiesStdin;
      if (piece.type !== 'statement') yield piece;
      else if (inCopy || bringsRows(piece)) this.#leftOut += 1;
      else if (comesLate(piece) || (this.#late.length > 0 && !makesObjects(piece))) this.#late.push(piece);
      else yield piece;
    }
    const schema = await this.#schema(client);
    const plan = await this.#plan(schema, client);
    for (const table of plan.tables) if (table.rows > 0) yield* this.#table(table);
    for (const piece of this.#late) yield piece;
    for (const table of plan.tables) yield* sequences(table);
  }

  /** As it will be once all keys are there: what comes behind the rows is tried on the empty tables, and taken back. */
  async #schema(client: pg.Client): Promise<TableSchema[]> {
    await client.query('begin');
    try {
      for (const piece of this.#late.filter(tellsKeys)) {
        await client.query('savepoint late');
        // What fails here fails, or is excused, when it is run for good.
        await runRaw(client, piece.bytes).then(
          () => client.query('release savepoint late'),
          () => client.query('rollback to savepoint late'),
        );
      }
      await client.query(
        "set local datestyle = 'ISO'; set local timezone = 'UTC'; set local intervalstyle = 'postgres'; set local search_path = ''",
      );
      return await readSchema(client);
    } finally {
      await client.query('rollback');
    }
  }

  async #plan(schema: readonly TableSchema[], client: pg.Client): Promise<Plan> {
    const { statistics, scale, seed, until, shown } = this.#options;
    const plan = await makePlan(schema, { statistics, scale, seed, nowUs: Date.parse(until) * 1000 });
    const mistakes = [...strangers(schema, statistics), ...plan.mistakes];
    for (const { schema: table, rows, shown: name } of plan.tables)
      if (rows > 1)
        mistakes.push(
          ...table.exclusions.map(
            (one) => `${one} of ${name} excludes rows by operators, and how to keep to it is not known`,
          ),
        );
    mistakes.push(...(await tryRows(client, plan.tables.filter(isWhole))));
    if (mistakes.length > 0)
      throw new RehearsalError(
        'SNAPSHOT_INVALID',
        `no data can be made by ${shown}:\n${mistakes.map((one) => `- ${one}`).join('\n')}`,
        {
          hint: 'Statistics and schema have to be of the same database; what cannot be made needs a generator or a masked dump.',
        },
      );
    this.#notes.push(...plan.notes);
    return plan;
  }

  async *#table(table: TablePlan): AsyncGenerator<SqlPiece> {
    yield statement(`COPY ${table.schema.sqlName}${copyColumns(table)} FROM stdin;`, true);
    for (const bytes of copyRows(table)) yield { type: 'copy-data', bytes };
    yield { type: 'copy-end' };
    this.#rows += table.rows;
    await Promise.resolve();
  }
}

/** What can be tried: every column that needs a value has one. */
function isWhole({ columns }: TablePlan): boolean {
  return columns.every(
    ({ part, schema }) =>
      part !== undefined || schema.isGenerated || !schema.isNotNull || schema.defaultSql !== null,
  );
}

/** Tables of the statistics that the schema does not have. */
function strangers(schema: readonly TableSchema[], statistics: Statistics): string[] {
  const known = new Set(
    schema.flatMap((table) => [
      `${table.schema}.${table.name}`,
      ...table.leaves.map((leaf) => `${leaf.schema}.${leaf.name}`),
    ]),
  );
  const columns = new Map(
    schema.map((table) => [`${table.schema}.${table.name}`, new Set(table.columns.map(({ name }) => name))]),
  );
  return statistics.tables.flatMap((table) => {
    const name = `${table.schema}.${table.table}`;
    if (!known.has(name)) return [`${name} is in the statistics and not in the schema`];
    const own = columns.get(name);
    return table.columns
      .filter((column) => own?.has(column.name) === false)
      .map((column) => `${name}.${column.name} is in the statistics and not in the schema`);
  });
}

/** Numbers go on behind the highest that a row has. */
function* sequences({ schema, rows }: TablePlan): Generator<SqlPiece> {
  if (rows === 0) return;
  for (const { name, sequence } of schema.columns)
    if (sequence !== null)
      yield statement(
        `select pg_catalog.setval('${sequence.name.replaceAll("'", "''")}', max) from (select max(${quoted(name)}) as max from ${schema.sqlName}) as last where max is not null;`,
        false,
      );
}

function statement(sql: string, copiesStdin: boolean): StatementPiece {
  const words = sql.toLowerCase().split(/\s+/).slice(0, 4);
  return { type: 'statement', bytes: Buffer.from(sql), line: 1, words, copiesStdin };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function bringsRows({ words, bytes }: StatementPiece): boolean {
  const [first = '', second = ''] = words;
  if (first === 'insert' || first === 'update' || first === 'copy') return true;
  return (
    first === 'select' &&
    second !== '' &&
    /^select\s+pg_catalog\.(?:setval|lo_|lowrite|pg_restore_)/i.test(bytes.toString('utf8', 0, 80))
  );
}

/** What pg_dump writes behind the rows, because it would hinder them. */
function comesLate(piece: StatementPiece): boolean {
  const [first = '', second = ''] = piece.words;
  if (first === 'create')
    return /^(?:index|unique|trigger|constraint|rule|event|policy|publication|subscription|statistics)$/.test(
      second,
    );
  return tellsKeys(piece) || (first === 'refresh' && second === 'materialized');
}

/** What rows or keys may need: in a text that was written by hand it may stand anywhere. */
function makesObjects({ words, bytes }: StatementPiece): boolean {
  const [first = '', second = ''] = words;
  if (first === 'create') return true;
  return (
    first === 'alter' &&
    second === 'table' &&
    /\b(?:add|alter)\s+column\b|\battach\s+partition\b/i.test(bytes.toString('utf8', 0, 4000))
  );
}

function tellsKeys({ words, bytes }: StatementPiece): boolean {
  const [first = '', second = '', third = ''] = words;
  if (first === 'create') return second === 'index' || (second === 'unique' && third === 'index');
  if (first !== 'alter') return false;
  if (second === 'index')
    return words.includes('attach') || /\battach\s+partition\b/i.test(bytes.toString('utf8', 0, 400));
  return second === 'table' && /\badd\s+constraint\b/i.test(bytes.toString('utf8', 0, 4000));
}
