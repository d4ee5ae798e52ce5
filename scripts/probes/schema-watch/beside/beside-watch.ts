import type { SchemaObject, SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { StatementRecord } from '../../../artifacts/records/records.ts';
import type { Asker } from '../../../pg/asker.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import type { NdjsonWriter } from '../../../shared/files/ndjson.ts';
import type { RunClock } from '../../../shared/run-clock.ts';
import { publicStatement } from '../../../pg/messages/public-statement.ts';
import { askedBy, type Asked } from './asked.ts';
import { countBroken, mayLetIn, newlyBroken, type Broken } from './broken-rows.ts';
import { LostValuesWatch } from './lost-values.ts';
import { namer } from './named.ts';
import { fallen, readObjects, standing, type Objects } from './objects.ts';
import { differencesOf, titleOf } from './skipped.ts';
import { isToolTable } from './tool-tables.ts';

interface BesideSinks {
  readonly endpoint: PgEndpoint;
  readonly server: Asker;
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
}

/** Only these can take along what they do not name; nothing is read for any other. */
const TAKES_ALONG = /\bcascade\b|\bdrop\s+owned\b/i;

/** A statement that was answered. */
export interface Answered extends Pick<StatementRecord, 'sql' | 'error' | 'notices'> {
  /** Position in the step; null = it was sent by a foreign program. */
  readonly index: number | null;
}

/** What statements did beside what they say. Looks when nothing of the plan is in flight. */
export class BesideWatch {
  readonly #sinks: BesideSinks;
  #before: Objects | undefined;
  /** What fell and is not there again. */
  #fallen: readonly SchemaObject[] = [];
  /** What was skipped, and what was told of it last. */
  readonly #skips: Skip[] = [];
  readonly #lostValues: LostValuesWatch;
  #whole: Broken | undefined;
  #isBroken = false;

  constructor(sinks: BesideSinks) {
    this.#sinks = sinks;
    this.#lostValues = new LostValuesWatch(sinks.endpoint);
  }

  /** @param texts the statements of the step */
  async beforeStep(texts: readonly string[]): Promise<void> {
    if (!texts.some(mayLetIn)) return;
    this.#whole ??= await countBroken(this.#sinks.endpoint);
  }

  /** @param texts of the statements that are committed, or fail, together */
  async beforeUnit(texts: readonly string[]): Promise<void> {
    await this.#lostValues.before(texts);
    this.#before = texts.some((sql) => TAKES_ALONG.test(sql))
      ? await readObjects(this.#sinks.server)
      : undefined;
  }

  /** @param statements as they went through */
  async afterUnit(step: string, statements: readonly Answered[]): Promise<void> {
    this.#lostValues.after(step, statements, this.#sinks);
    await this.#noteSkips(step, statements);
    const before = this.#before;
    if (before === undefined) return;
    this.#before = undefined;
    this.#noteFallen(
      step,
      statements,
      fallen(before, await readObjects(this.#sinks.server), namerOf(statements)),
    );
  }

  /** What a foreign program will send is not known: everything is looked at. */
  async beforeCommand(): Promise<void> {
    this.#before = await readObjects(this.#sinks.server);
  }

  /** @param sent by the program, as far as it was read; asked for when the names of what it made are known */
  async afterCommand(step: string, sent: () => Promise<readonly Answered[]>): Promise<void> {
    const before = this.#before;
    this.#before = undefined;
    const now = await readObjects(this.#sinks.server);
    const statements = await sent();
    await this.#noteSkips(step, statements);
    // Whoever restores rows checks them: before the first statement that can have let one in, no row broke a constraint.
    if (statements.some(({ sql }) => mayLetIn(sql))) this.#whole ??= new Map();
    if (before !== undefined && statements.some(({ sql }) => TAKES_ALONG.test(sql)))
      this.#noteFallen(step, statements, fallen(before, now, namerOf(statements)));
  }

  #noteFallen(step: string, statements: readonly Answered[], objects: readonly SchemaObject[]): void {
    this.#fallen = [...this.#fallen, ...objects];
    const taking = statements.filter(({ sql, error }) => error === null && TAKES_ALONG.test(sql));
    for (const [by, own] of byStatement(objects, taking)) {
      const statement = by?.index ?? null;
      const tMs = this.#sinks.clock.now();
      const sql = by === undefined || statement !== null ? {} : { sql: publicStatement(by.sql) };
      this.#sinks.writer.write({ type: 'fallen', step, statement, tMs, objects: own, ...sql });
    }
  }

  async afterStep(step: string): Promise<void> {
    await this.#lookForFallen(step);
    await this.#lookForSkipped();
    await this.#lookForBroken(step);
  }

  async #noteSkips(step: string, statements: readonly Answered[]): Promise<void> {
    for (const record of statements) {
      for (const asked of await askedBy(record))
        if (record.index !== null || !isToolTable(asked.relation.name))
          this.#skips.push({ step, statement: record.index, asked, told: '[]' });
    }
  }

  /** Only the end of a step shows what is there: the next statement may make or remove what was skipped. */
  async #lookForSkipped(): Promise<void> {
    const { server, writer, clock } = this.#sinks;
    for (const skip of this.#skips) {
      const { step, statement, asked } = skip;
      const found = await differencesOf(asked, server);
      const told = JSON.stringify(found);
      if (told === skip.told) continue;
      skip.told = told;
      const { clause } = asked;
      writer.write({
        type: 'skipped',
        step,
        statement,
        tMs: clock.now(),
        clause,
        object: titleOf(asked),
        found,
      });
    }
  }

  async #lookForFallen(step: string): Promise<void> {
    if (this.#fallen.length === 0) return;
    const objects = standing(this.#fallen, await readObjects(this.#sinks.server));
    if (objects.length === 0) return;
    this.#fallen = this.#fallen.filter((object) => !objects.includes(object));
    this.#sinks.writer.write({ type: 'made-again', step, tMs: this.#sinks.clock.now(), objects });
  }

  /** Once a step can have let rows in, each one after it can also put that right. */
  async #lookForBroken(step: string): Promise<void> {
    if (this.#whole === undefined) return;
    const constraints = newlyBroken(this.#whole, await countBroken(this.#sinks.endpoint));
    if (constraints.length === 0 && !this.#isBroken) return;
    this.#isBroken = constraints.length > 0;
    this.#sinks.writer.write({ type: 'broken-rows', step, tMs: this.#sinks.clock.now(), constraints });
  }
}

interface Skip {
  readonly step: string;
  readonly statement: number | null;
  readonly asked: Asked;
  told: string;
}

function namerOf(statements: readonly Answered[]): ReturnType<typeof namer> {
  return namer(statements.map(({ sql }) => sql).join('\n'));
}

/** Of several that can have done it, the one whose NOTICE names the object. */
function byStatement(
  objects: readonly SchemaObject[],
  taking: readonly Answered[],
): Map<Answered | undefined, SchemaObject[]> {
  const found = new Map<Answered | undefined, SchemaObject[]>();
  for (const object of objects) {
    const told = taking.find(({ notices = [] }) =>
      notices.some(({ message, objects: each = [] }) => namer([message, ...each].join('\n'))(object)),
    );
    const statement = told ?? (taking.length === 1 ? taking[0] : undefined);
    found.set(statement, [...(found.get(statement) ?? []), object]);
  }
  return found;
}
