import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { LostRows, SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import { asError } from '../../shared/errors.ts';
import type { NdjsonWriter } from '../../shared/files/ndjson.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { ProbeConnection } from '../probe-connection.ts';
import type { ProbeLife } from '../probe-life.ts';
import { RunCatalog } from '../run-catalog.ts';
import { Touched } from '../touched/touched.ts';
import { BesideWatch, type Answered } from './beside/beside-watch.ts';
import type { AppScripts } from '../app-sessions.ts';
import { AppDeletes } from './app-deletes.ts';
import { countLeft } from './count-left.ts';
import { DependencyWatch } from './dependencies/dependency-watch.ts';
import { countRefused, type RefusedStatement } from './refused-rows/count-refused.ts';
import { Moments } from './refused-rows/moments.ts';
import { suspects } from './lost-rows.ts';
import { TableLooks, type TableLook } from './table-looks.ts';
import { TableNames } from './table-names.ts';
import type { TableStock } from './table-stock.ts';
import { isPartOfAny } from './taken-out.ts';
import { UnfinishedReader } from './read-unfinished.ts';
import { WholeTables } from './whole-tables.ts';

/** Such a table can lose the others as well. */
const HAS_ROWS: ReadonlySet<LostRows['how']> = new Set(['thinned-out', 'taken-out']);

interface Sinks {
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
  /** Absent: others may change relations as well. */
  readonly touched?: Touched;
}

/** It looks only when nothing of the plan is in flight; whatever it finds was there all the time that it was away. */
const MAY_BE_AWAY_MS = Infinity;

/** Looks at the schema before the plan, after each try that failed, and after each step. */
export class SchemaWatch {
  readonly #server: ProbeConnection;
  readonly #sinks: Sinks;
  readonly #endpoint: PgEndpoint;
  readonly #beside: BesideWatch;
  readonly #dependencies: DependencyWatch;
  /** Before the plan, without those whose rows are known to be gone. */
  #start: ReadonlyMap<number, TableStock> = new Map();
  readonly #looks: TableLooks;
  readonly #unfinished: UnfinishedReader;
  #mayDelete = false;
  /** Only the app has deleted rows since all tables were looked at. */
  #isCalm = true;
  readonly #appDeletes: AppDeletes;
  #names: TableNames | undefined;
  readonly #moments: Moments;
  readonly #wholeTables: WholeTables;
  /** Where the plan tells what it has touched. */
  readonly touched: Touched;
  /** For whoever asks what a statement has changed. */
  readonly catalog: RunCatalog;
  #dead = false;

  private constructor(endpoint: PgEndpoint, server: ProbeConnection, app: AppScripts, sinks: Sinks) {
    const { touched = new Touched(false), clock } = sinks;
    this.#endpoint = endpoint;
    this.touched = touched;
    this.catalog = new RunCatalog(touched);
    this.#looks = new TableLooks({ server, touched, clock });
    this.#unfinished = new UnfinishedReader(touched);
    this.#dependencies = new DependencyWatch(endpoint, app, touched);
    this.#appDeletes = new AppDeletes(app.versions);
    this.#server = server;
    this.#moments = new Moments(server);
    this.#wholeTables = new WholeTables(server);
    this.#sinks = sinks;
    this.#beside = new BesideWatch({ endpoint, server, writer: sinks.writer, clock: sinks.clock });
    sinks.life.note('schema', 'started');
  }

  /** Looks for the first time. */
  static async start(endpoint: PgEndpoint, app: AppScripts, sinks: Sinks): Promise<SchemaWatch> {
    const owner = { probe: 'schema', life: sinks.life, mayBeAwayMs: MAY_BE_AWAY_MS } as const;
    const watch = new SchemaWatch(endpoint, await ProbeConnection.open(endpoint, owner), app, sinks);
    await watch.#look(null, null);
    await watch.#guarded(async () => {
      watch.#start = (await watch.#looks.look(true)).tables;
      watch.#names = await TableNames.read(watch.#server, watch.touched);
      sinks.writer.write({ type: 'tables', tMs: sinks.clock.now(), tables: watch.#names.first });
    });
    await watch.#guarded(() => watch.#lookAtDependencies(null));
    await watch.#guarded(() => watch.catalog.readAhead(endpoint));
    await watch.#guarded(() => watch.#moments.planBegins());
    return watch;
  }

  /** Right before the step of any kind. @param mayDelete whether it runs SQL of the plan's own */
  async stepBegins(step: string, mayDelete = true): Promise<void> {
    await this.#guarded(async () => {
      await this.#lookAtTables(!mayDelete && !this.#isCalm);
      this.#mayDelete = mayDelete;
      if (mayDelete) this.#isCalm = false;
      await this.#moments.stepBegins(step);
    });
  }

  /** A statement of the step was refused, and the step ends with it. */
  async afterRefusal(refused: RefusedStatement): Promise<void> {
    const { writer, clock } = this.#sinks;
    await this.#guarded(async () => {
      const found = await countRefused(this.#endpoint, refused, this.#moments);
      if (found) writer.write({ type: 'refused-rows', step: refused.step, tMs: clock.now(), ...found });
    });
  }

  async beforeStep(texts: readonly string[]): Promise<void> {
    await this.#guarded(() => this.#beside.beforeStep(texts));
  }

  async beforeUnit(texts: readonly string[]): Promise<void> {
    await this.#guarded(() => this.#beside.beforeUnit(texts));
  }

  /** After what went through; not after a try that failed. */
  async afterUnit(step: string, statements: readonly StatementRecord[]): Promise<void> {
    await this.#guarded(() => this.#beside.afterUnit(step, statements));
  }

  /** Of a foreign program; in place of `beforeStep` and `beforeUnit`. */
  async beforeCommand(): Promise<void> {
    await this.#guarded(() => this.#beside.beforeCommand());
    await this.#guarded(() => this.#wholeTables.begin());
  }

  /** Also of one that failed: what it had committed stays. @param sent as of BesideWatch @param pids of its sessions */
  async afterCommand(
    step: string,
    sent: () => Promise<readonly Answered[]>,
    pids: readonly number[],
  ): Promise<void> {
    const { writer, clock } = this.#sinks;
    this.touched.addUnseen();
    await this.#guarded(async () => {
      const tables = await this.#wholeTables.end(pids);
      if (tables.length > 0) writer.write({ type: 'whole-tables', step, tMs: clock.now(), tables });
    });
    await this.#guarded(() => this.#beside.afterCommand(step, sent));
  }

  async afterTry(step: string, attempt: number): Promise<void> {
    await this.#look(step, attempt);
  }

  async afterStep(step: string): Promise<void> {
    await this.#guarded(() => this.#moments.stepEnds(step));
    await this.#look(step, null);
    await this.#guarded(() => this.#lookForLostRows(step));
    await this.#guarded(() => this.#beside.afterStep(step));
    await this.#guarded(() => this.#lookForNames(step));
    await this.#guarded(() => this.#lookAtDependencies(step));
  }

  async stop(): Promise<void> {
    await this.#dependencies.close();
    await this.#server.close();
    if (!this.#dead) this.#sinks.life.note('schema', 'stopped');
  }

  async #look(step: string | null, attempt: number | null): Promise<void> {
    const { writer, clock } = this.#sinks;
    await this.#guarded(async () => {
      const objects = await this.#unfinished.read(this.#server);
      writer.write({ type: 'unfinished', step, attempt, tMs: clock.now(), objects });
    });
  }

  async #lookAtDependencies(step: string | null): Promise<void> {
    const { writer, clock } = this.#sinks;
    const { changes, plans } = await this.#dependencies.look();
    const tMs = clock.now();
    if (plans.length > 0) writer.write({ type: 'script-plans', step, tMs, plans });
    if (step !== null && changes.length > 0) writer.write({ type: 'dependencies', step, tMs, changes });
  }

  async #lookForLostRows(step: string): Promise<void> {
    const { writer, clock } = this.#sinks;
    const before = this.#looks.last;
    const now = await this.#lookAtTables();
    const ms = now.atMs - before.fromMs;
    const appDeletes = (oid: number): number => this.#appDeletes.within(oid, ms);
    const [start, those] = [this.#start, concerned(this.#start, before.tables, now)];
    if (those.size === 0) return;
    const all = suspects({ start, concerned: those, before: before.tables, now: now.tables, appDeletes });
    const tables = await countLeft(this.#endpoint, all, before.xid);
    if (tables.length > 0) writer.write({ type: 'lost-rows', step, tMs: clock.now(), tables });
    const lost = new Set(tables.filter(({ how }) => !HAS_ROWS.has(how)).map(({ table }) => table));
    if (lost.size + all.length === 0) return;
    const left = new Map([...this.#start].filter(([, { name }]) => !lost.has(name)));
    for (const { heir } of all) if (heir !== null) left.set(heir.oid, heir);
    this.#start = left;
  }

  /** @param isWhole at all of them in any case */
  async #lookAtTables(isWhole = false): Promise<TableLook> {
    const before = this.#looks.last;
    const look = await this.#looks.look(isWhole);
    if (look.fromMs === before.fromMs) return look;
    if (this.#isCalm) this.#appDeletes.learn(before.tables, look.tables, look.fromMs - before.fromMs);
    this.#isCalm = true;
    return look;
  }

  async #lookForNames(step: string): Promise<void> {
    const { writer, clock } = this.#sinks;
    const tables = (await this.#names?.renamed()) ?? [];
    if (tables.length > 0) writer.write({ type: 'renamed', step, tMs: clock.now(), tables });
  }

  /** The run goes on without its eyes; the verdict will be inconclusive. */
  async #guarded(look: () => Promise<void>): Promise<void> {
    if (this.#dead) return;
    try {
      await look();
    } catch (error) {
      this.#dead = true;
      this.#sinks.life.note('schema', 'died', asError(error).message);
    }
  }
}

/** Those that the plan can have changed: itself, or what it is a part of. */
function concerned(
  start: ReadonlyMap<number, TableStock>,
  before: ReadonlyMap<number, TableStock>,
  { tables, touched }: TableLook,
): ReadonlyMap<number, TableStock> {
  if (touched === null) return start;
  const found = new Map<number, TableStock>();
  if (touched.size === 0) return found;
  for (const [oid, table] of start)
    if (touched.has(oid) || isPartOfAny(touched, oid, before) || isPartOfAny(touched, oid, tables))
      found.set(oid, table);
  return found;
}
