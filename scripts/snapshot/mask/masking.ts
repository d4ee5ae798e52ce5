import { columnText } from '../../plan/mask/column-name.ts';
import type { MaskRules } from '../../plan/mask/mask-rules.ts';
import type { SqlPiece, StatementPiece } from '../../pg/scanner/sql-piece.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { InputError, RehearsalError, type Mistake } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';
import { MaskingDrift } from '../drift/masking-drift.ts';
import type { Before } from '../drift/before.ts';
import { StatisticsSql } from '../../plan/statistics/statistics-sql.ts';
import { copiedTable, unreadable, type CopiedTable } from './copied-table.ts';
import { maskerOf, whyNot } from './columns/masker-of.ts';
import { UNKNOWN_TYPE } from './columns/column-type.ts';
import { TableShapes } from './columns/table-shapes.ts';
import { ColumnEvidence } from './detect/column-evidence.ts';
import { Findings } from './findings.ts';
import { foreignKeyMistake } from './foreign-key-mistake.ts';
import type { MaskKey } from './mask-key.ts';
import { MaskedRows, OtherColumns } from './masked-rows.ts';
import { AnonLabels } from './others/anon-labels.ts';
import { RuleBook } from './rule-book.ts';
import { Scramble } from './scramble.ts';
import { broughtBy, tellsStatistics } from './unmaskable.ts';

/** Nothing goes on any more once a personal column without a rule was found; so long others are looked for, to be told as well. */
const LOOK_ON_MS = 30_000;

interface OpenCopy {
  readonly table: CopiedTable;
  readonly rows: MaskedRows;
  readonly evidence: ReadonlyMap<string, ColumnEvidence>;
  /** What goes on once it is known what the table holds. */
  held: SqlPiece[] | undefined;
}

interface MaskingOptions {
  readonly rules: MaskRules;
  readonly key: MaskKey;
  /** How messages call the snapshot. */
  readonly shown: string;
}

/**
 * Masks a snapshot on its way: what comes out has no value of a column with a rule, and nothing at all comes out of a table that
 * has a column which looks personal and has none.
 */
export class Masking {
  readonly shapes = new TableShapes();
  readonly findings = new Findings();
  readonly labels = new AnonLabels();
  readonly #options: MaskingOptions;
  /** Only looks: nothing goes on, and nothing is refused for what it holds. */
  #isSurvey = false;
  readonly #book: RuleBook;
  readonly #scramble: Scramble;
  readonly #masked = new Set<string>();
  readonly #drift = new MaskingDrift();
  readonly #dumped = new StatisticsSql();
  #copy: OpenCopy | undefined;
  #isDump = false;
  #isChecked = false;
  #refusedMs: number | undefined;
  #rows = 0;
  #statistics = 0;

  constructor(options: MaskingOptions) {
    this.#options = options;
    this.#book = new RuleBook(options.rules, this.shapes);
    this.#scramble = new Scramble(options.key.secret);
  }

  /**
   * @throws CONFIG_INVALID (InputError) for rules that do not fit the snapshot, and where columns look personal and have no rule;
   * SNAPSHOT_INVALID for rows that it cannot read
   */
  async *pieces(pieces: AsyncIterable<SqlPiece>): AsyncGenerator<SqlPiece> {
    for await (const piece of pieces) {
      for (const made of await this.#take(piece)) if (!this.#isSilent) yield made;
      if (this.#refusedMs !== undefined && monotonicMs() - this.#refusedMs > LOOK_ON_MS) break;
    }
    if (!this.#isSurvey) this.#throwMistakes(this.#refusedMs !== undefined);
  }

  /** Looks at all of it and lets nothing through. @throws SNAPSHOT_INVALID for rows that it cannot read, and the signal's reason */
  async survey(pieces: AsyncIterable<SqlPiece>, signal: AbortSignal): Promise<void> {
    this.#isSurvey = true;
    for await (const piece of pieces) {
      signal.throwIfAborted();
      await this.#take(piece);
    }
  }

  /** What was done, as sentences. */
  get notes(): string[] {
    const { rules, key } = this.#options;
    const which = key.id === undefined ? 'a key that was drawn for this run alone' : `the key ${key.id}`;
    const columns = plural(this.#masked.size, 'column');
    const notes = [
      `${columns} (${plural(this.#rows, 'row')}) were masked by ${rules.shown} with ${which}: values, and what follows from them, differ from production’s.`,
    ];
    if (this.#statistics > 0)
      notes.push('Statistics of columns in the snapshot hold values and were left out.');
    return notes;
  }

  /** What is known of the snapshot as it was: by the statistics in it, else by what was masked. Whole once all was read. */
  get before(): Before {
    const { statistics } = this.#dumped;
    return statistics === undefined
      ? { kind: 'drift', drift: this.#drift.record() }
      : { kind: 'statistics', statistics };
  }

  /** Rules that do not fit what was read. */
  ruleMistakes(): Mistake[] {
    const { shown } = this.#options.rules;
    const keys = this.shapes.foreignKeys.flatMap((key) => foreignKeyMistake(key, this.#book) ?? []);
    return [...this.#book.mistakes(), ...keys.map((message) => ({ file: shown, key: '', message }))];
  }

  get #isSilent(): boolean {
    return this.#isSurvey || this.#refusedMs !== undefined;
  }

  async #take(piece: SqlPiece): Promise<readonly SqlPiece[]> {
    switch (piece.type) {
      case 'comment':
        this.#isDump ||= piece.text === 'PostgreSQL database dump';
        return [piece];
      case 'meta':
        if (/^encoding\b/.test(piece.text) && !/utf-?8/i.test(piece.text))
          throw this.#otherEncoding(piece.line);
        return [piece];
      case 'statement':
        return piece.copiesStdin ? this.#openCopy(piece) : this.#statement(piece);
      case 'copy-data':
        return this.#copyData((rows) => rows.take(piece.bytes));
      case 'copy-end':
        return [...this.#copyData((rows) => rows.end()), ...this.#closeCopy(piece)];
    }
  }

  async #statement(statement: StatementPiece): Promise<readonly SqlPiece[]> {
    const brings = broughtBy(statement);
    if (tellsStatistics(statement)) await this.#dumped.take(statement.bytes.toString());
    if (brings === 'rows') throw this.#rowsOutside(statement);
    if (typeof brings === 'object') throw this.#otherEncoding(statement.line);
    if (brings === 'statistics') {
      this.#statistics += 1;
      return [];
    }
    await this.labels.take(statement);
    const before = this.shapes.foreignKeys.length;
    if (await this.shapes.take(statement)) throw this.#rowsOutside(statement);
    if (!this.#isSurvey)
      for (const key of this.shapes.foreignKeys.slice(before)) {
        const mistake = foreignKeyMistake(key, this.#book);
        if (mistake) throw new InputError([{ file: this.#options.rules.shown, key: '', message: mistake }]);
      }
    return [statement];
  }

  async #openCopy(statement: StatementPiece): Promise<readonly SqlPiece[]> {
    // In a dump all tables come before the first row.
    if (this.#isDump && !this.#isChecked && !this.#isSurvey) this.#throwMistakes(false);
    const table = await copiedTable(statement, this.shapes, this.#options.shown);
    const evidence = new Map<string, ColumnEvidence>();
    const masked: string[] = [];
    const columns = table.columns.map((column) => {
      const type = this.shapes.typeOf(table, column);
      const rule = this.#book.ruleOf(table, column);
      if (rule !== undefined && (type === undefined || whyNot(rule, type) !== undefined))
        this.#throwMistakes(false);
      if (rule !== undefined && type !== undefined) {
        this.#masked.add(columnText({ ...table, column }));
        masked.push(column);
        return { masker: maskerOf(rule, type, this.#scramble), evidence: undefined };
      }
      if (this.#book.isKept(table, column)) return { masker: undefined, evidence: undefined };
      // One that no statement tells of (LIKE, OF, a renamed one) is looked at like any other.
      const isLabelled = this.shapes.lineage(table).some((of) => this.labels.isMasked({ ...of, column }));
      const gathered = new ColumnEvidence({
        table: table.table,
        column,
        type: type ?? UNKNOWN_TYPE,
        isLabelled,
      });
      evidence.set(column, gathered);
      return { masker: undefined, evidence: gathered };
    });
    this.#copy = {
      table,
      rows: new MaskedRows(columns, this.#drift.sampleOf(table, masked)),
      evidence,
      held: [statement],
    };
    return [];
  }

  #copyData(read: (rows: MaskedRows) => Buffer): readonly SqlPiece[] {
    const copy = this.#copy;
    if (copy === undefined) return [];
    const bytes = this.#readRows(copy, read);
    const made: SqlPiece[] = bytes.length === 0 ? [] : [{ type: 'copy-data', bytes }];
    if (copy.held === undefined) return made;
    if (!this.#isSilent) copy.held.push(...made);
    return copy.rows.isJudged ? this.#judge(copy) : [];
  }

  #readRows(copy: OpenCopy, read: (rows: MaskedRows) => Buffer): Buffer {
    try {
      return read(copy.rows);
    } catch (error) {
      // Whatever it was, its words may be the row's.
      throw unreadableRow(copy, this.#options.shown, error instanceof OtherColumns);
    }
  }

  #closeCopy(end: SqlPiece): readonly SqlPiece[] {
    const copy = this.#copy;
    if (copy === undefined) return [];
    const held = this.#judge(copy);
    this.#rows += copy.rows.maskedRows;
    this.#copy = undefined;
    return [...held, end];
  }

  /** @returns what was held back, where nothing speaks against it */
  #judge(copy: OpenCopy): readonly SqlPiece[] {
    for (const [column, evidence] of copy.evidence) {
      const found = evidence.verdict();
      if (found === undefined) continue;
      const type = this.shapes.typeOf(copy.table, column);
      const root = this.shapes.lineage(copy.table).at(-1) ?? copy.table;
      this.findings.add({ ...root, column }, found, type);
    }
    if (!this.findings.isEmpty && !this.#isSurvey) this.#refusedMs ??= monotonicMs();
    const held = copy.held ?? [];
    copy.held = undefined;
    return this.#isSilent ? [] : held;
  }

  #throwMistakes(isRefused: boolean): void {
    this.#isChecked = true;
    const mistakes = [
      ...this.#book.mistakes(),
      ...(isRefused ? this.findings.mistakes(this.#options.rules.shown) : []),
    ];
    if (mistakes.length > 0) throw new InputError(mistakes);
  }

  #rowsOutside({ line }: StatementPiece): RehearsalError {
    return unreadable(`${this.#options.shown} line ${line} holds rows outside of COPY`);
  }

  #otherEncoding(line: number): RehearsalError {
    return unreadable(`${this.#options.shown} line ${line} says that it is not in UTF-8`);
  }
}

function unreadableRow(
  { table: at, rows }: OpenCopy,
  shown: string,
  hasOtherColumns: boolean,
): RehearsalError {
  const { schema, table, columns } = at;
  const what = hasOtherColumns
    ? 'does not have the columns of its table'
    : `has a value of ${columns[rows.column] ?? 'a column'} that is not written as pg_dump writes it`;
  return new RehearsalError('SNAPSHOT_INVALID', `${shown}: row ${rows.rows} of ${schema}.${table} ${what}`, {
    hint: 'Take the dump again.',
  });
}
