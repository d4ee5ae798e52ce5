import type {
  LostValues,
  NotAsked,
  RollbackRecord,
} from '../../../artifacts/records/of-plan/rollback-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { AppVersion, Step } from '../../../plan/model.ts';
import type { NdjsonWriter } from '../../../shared/files/ndjson.ts';
import type { RunClock } from '../../../shared/run-clock.ts';
import { isNamedIn } from '../../drift/names-in.ts';
import { copiesOf, countRows, countWritten, nextXid, usable, type Sources } from './count-written.ts';
import type { Since } from './count-beyond.ts';
import { emptied, stockOf, type Stock } from './emptied.ts';
import { OldReads, type OldApp } from './reads/old-reads.ts';
import { PastLimits } from './past-limits.ts';
import { addedTo, columnKey, ofTablesIn, tableColumns, type TableColumn } from './tables.ts';
import { filledFrom, firstWriter, updates, writesBoth } from './written-by.ts';

interface ValuesSetup {
  readonly plan: readonly Step[];
  /** In order of rollout. */
  readonly versions: readonly AppVersion[];
  readonly old: OldApp;
  readonly writer: NdjsonWriter<RollbackRecord>;
  readonly clock: RunClock;
}

/** Since when a version has traffic, by transaction id: from the start of its deploy, and from its end. */
interface Out extends Since {
  aloneXid: string | undefined;
}

/** What is known of a column that the plan added when its first writer is about to leave. */
interface Judged {
  readonly sources: Sources;
  /** Its writers put the same where the versions before them read it. */
  readonly isShared: boolean;
  /** Where a version before them may have changed the source since: what was counted while they had all the traffic. */
  readonly known: number | undefined;
}

/**
 * Counts what the new versions wrote into columns and tables that the way back drops, what a column lost that the plan dropped
 * and the way back made anew, and what stands there beyond the limits of before. It looks while nothing of the plan runs.
 */
export class ValuesProbe {
  readonly #setup: ValuesSetup;
  readonly #out = new Map<string, Out>();
  readonly #judged = new Map<string, Judged>();
  readonly #stock: Stock = new Map();
  readonly #limits = new PastLimits();
  readonly #reads: OldReads;
  #start: readonly TableColumn[] = [];
  #lost = new Map<string, LostValues>();

  constructor(setup: ValuesSetup) {
    this.#setup = setup;
    this.#reads = new OldReads(setup.old);
  }

  async start(client: PgClient, signal: AbortSignal): Promise<void> {
    this.#start = await tableColumns(client);
    await this.#limits.start(client);
    await this.#reads.start(signal);
  }

  async before(step: Step, client: PgClient, signal: AbortSignal): Promise<void> {
    if (step.way === undefined) {
      if (step.kind === 'deploy')
        this.#out.set(step.to, { deploy: step.name, sinceXid: await nextXid(client), aloneXid: undefined });
      else await stockOf(step, this.#start, this.#stock, client);
      return;
    }
    if (step.way.kind !== 'back') return;
    await this.#limits.look([...this.#out.values()], client);
    await this.#reads.ahead([...this.#out.values()], signal);
    this.#lost = new Map();
    for (const column of await this.#added(client)) await this.#look(step, column, client);
    if (step.kind === 'sql')
      for (const table of await this.#addedTables(client)) await this.#count(table, client);
  }

  async after(step: Step, client: PgClient, signal: AbortSignal): Promise<void> {
    if (step.way === undefined) {
      const out = step.kind === 'deploy' ? this.#out.get(step.to) : undefined;
      if (out !== undefined) out.aloneXid = await nextXid(client);
      return;
    }
    if (step.way.kind !== 'back') return;
    const { writer, clock } = this.#setup;
    if (step.kind === 'sql') {
      const lost = await this.#gone(client);
      writer.write({ type: 'values', step: step.name, tMs: clock.now(), lost });
    }
    const unreadable = await this.#unreadable(step, client, signal);
    writer.write({ type: 'unreadable', step: step.name, tMs: clock.now(), ...unreadable });
  }

  /** The statements of the version before are asked in the end: until then the schema need not be theirs. */
  async #unreadable(
    step: Step,
    client: PgClient,
    signal: AbortSignal,
  ): Promise<{ values: LostValues[]; notAsked?: readonly NotAsked[] }> {
    const outs = [...this.#out.values()];
    const beyond = await this.#limits.beyond(outs, client);
    const last = this.#setup.plan.findLast(({ way }) => way?.kind === 'back');
    if (step.name !== last?.name) return { values: beyond };
    const told = new Set(beyond.map(({ table, column }) => columnKey({ table, name: column })));
    const { failing, notAsked } = await this.#reads.answers(outs, signal);
    const untold = failing.filter(({ table, column }) => !told.has(columnKey({ table, name: column })));
    return { values: [...beyond, ...untold], ...(notAsked.length > 0 && { notAsked }) };
  }

  /** What the undoing that has ended took with it. */
  async #gone(client: PgClient): Promise<LostValues[]> {
    const now = await tableColumns(client);
    const there = new Set([
      ...now.map(columnKey),
      ...now.map(({ table }) => columnKey({ table, name: '*' })),
    ]);
    const tables = new Set(now.map(({ table }) => table));
    const dropped = [...this.#lost].filter(([key]) => !there.has(key)).map(([, lost]) => lost);
    const whole = new Set(dropped.filter(({ column }) => column === '*').map(({ table }) => table));
    return [
      ...dropped.filter(({ table, column }) => column === '*' || (tables.has(table) && !whole.has(table))),
      ...(await emptied(now, this.#start, this.#stock, client)),
      ...(await this.#limits.cut(client)),
    ];
  }

  /** Columns that are not from before, of tables that are. */
  async #added(client: PgClient): Promise<TableColumn[]> {
    return addedTo(this.#start, ofTablesIn(this.#start, await tableColumns(client)));
  }

  async #addedTables(client: PgClient): Promise<TableColumn[]> {
    const now = await tableColumns(client);
    const before = new Set(ofTablesIn(this.#start, now));
    const added = now.filter((column) => !before.has(column));
    return [...new Map(added.map((column) => [column.table, column])).values()];
  }

  async #look(step: Step, column: TableColumn, client: PgClient): Promise<void> {
    const writer = this.#writerOf(column.table, column.name);
    if (writer === undefined) return;
    const key = columnKey(column);
    const isLeaving = step.kind === 'deploy' && step.way?.of === writer.out.deploy;
    if (isLeaving || (step.kind === 'sql' && !this.#judged.has(key)))
      this.#judged.set(key, await this.#judge(column, writer, client));
    const judged = this.#judged.get(key);
    if (judged === undefined || step.kind !== 'sql') return;
    const { sources, isShared, known } = judged;
    const count = isShared
      ? 0
      : (known ?? (await countWritten(column, sources, writer.out.sinceXid, client)).own);
    const { table, name } = column;
    this.#lost.set(key, {
      table,
      column: name,
      count,
      since: writer.out.deploy,
      isAtLeast: known !== undefined && !isShared,
    });
  }

  /** A table that only a new version writes: what a trigger of the plan's keeps is a copy. */
  async #count({ table, relation }: TableColumn, client: PgClient): Promise<void> {
    const writer = this.#writerOf(table, null);
    if (writer === undefined || (await isKeptByTrigger(table, client))) return;
    const count = await countRows(relation, writer.out.sinceXid, client);
    const lost = { table, column: '*', count, since: writer.out.deploy, isAtLeast: false };
    this.#lost.set(columnKey({ table, name: '*' }), lost);
  }

  async #judge(column: TableColumn, { version, out }: Writer, client: PgClient): Promise<Judged> {
    const { plan, versions } = this.#setup;
    const others = this.#start.filter(({ table }) => table === column.table);
    const present = new Set((await tableColumns(client)).map(columnKey));
    const old = others.filter((other) => present.has(columnKey(other)));
    const filled = await filledFrom(plan, column.table, column.name);
    const copies = await copiesOf(column, old, out.sinceXid, client);
    const constant = column.constant === null ? [] : [column.constant];
    const expressions = await usable(
      column,
      [...filled, ...copies.map(({ name }) => client.escapeIdentifier(name)), ...constant],
      client,
    );
    const columns = old
      .map(({ name }) => name)
      .filter((name) => expressions.some((one) => isNamedIn([name], one)));
    const sources = { expressions, columns };
    const position = versions.indexOf(version);
    const later = versions.slice(position).filter(({ name }) => this.#out.has(name));
    const alone = await countWritten(column, sources, out.aloneXid ?? out.sinceXid, client);
    const isShared =
      later.every((one) => writesBoth(one, column.table, column.name, columns)) ||
      (columns.length > 0 && alone.written > 0 && alone.own === 0);
    const isStale = versions.slice(0, position).some((one) => updates(one, column.table, columns));
    return { sources, isShared, known: isStale ? alone.own : undefined };
  }

  #writerOf(table: string, column: string | null): Writer | undefined {
    const { versions } = this.#setup;
    const version = firstWriter(versions, table, column);
    const out = version && this.#out.get(version.name);
    return version && out && { version, out };
  }
}

interface Writer {
  readonly version: AppVersion;
  readonly out: Out;
}

async function isKeptByTrigger(table: string, client: PgClient): Promise<boolean> {
  const { rows } = await client.query<{ source: string }>(
    `select prosrc as source from pg_catalog.pg_proc where prorettype = 'pg_catalog.trigger'::pg_catalog.regtype
        and pronamespace not in (select oid from pg_catalog.pg_namespace where nspname ~ '^pg_' or nspname = 'information_schema')`,
  );
  const name = table.split('.').at(-1) ?? table;
  return rows.some(({ source }) => isNamedIn([name], source));
}
