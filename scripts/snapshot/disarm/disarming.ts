import type pg from 'pg';
import type { Disarmed } from '../../artifacts/records/records.ts';
import { registerNames } from '../../pg/messages/public-names.ts';
import { sqlstateOf } from '../../pg/pg-error.ts';
import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';
import type { Arm } from './arm.ts';
import { FOREIGN } from './foreign.ts';
import { FUNCTIONS_OFF, isSuperuser } from './functions.ts';
import { JOBS_OFF, SUBSCRIPTIONS_OFF } from './scheduled.ts';

const ARMS: readonly Arm[] = [SUBSCRIPTIONS_OFF, FOREIGN, FUNCTIONS_OFF, JOBS_OFF];
const HEAD_BYTES = 200;
const PART = '(?:"(?:[^"]|"")+"|[^\\s(".;]+)';
const NAME = `(${PART}(?:\\.${PART})?)`;
const SUBSCRIPTION = new RegExp(`^(?:create|alter)\\s+subscription\\s+${NAME}`, 'i');
const MATERIALIZED_VIEW = new RegExp(`^refresh\\s+materialized\\s+view\\s+(?:concurrently\\s+)?${NAME}`, 'i');
const FOREIGN_TABLE = new RegExp(`^create\\s+foreign\\s+table\\s+${NAME}`, 'i');
const COPY = new RegExp(`^copy\\s+${NAME}`, 'i');
/** As pg_dump writes it. */
const DOES_NOT_CONNECT = /\bconnect\s*=\s*'?false'?/i;
/** Connection exceptions, and those of foreign data wrappers (Appendix A of PostgreSQL's manual). */
const UNREACHABLE = /^(?:08|HV)/;

/**
 * Makes a restored copy of production harmless, in each session as soon as what could reach out is there. What was on stays on in the
 * catalog as far as it can: names, grants, dependencies.
 */
export class Disarming {
  readonly #disarmed: Disarmed[] = [];
  readonly #leftOut = new Set<string>();
  readonly #unfilled = new Set<string>();
  readonly #foreignTables = new Set<string>();
  readonly #foreignRows = new Set<string>();

  /** What was made harmless, in the order of time. */
  get disarmed(): readonly Disarmed[] {
    return this.#disarmed;
  }

  get warnings(): string[] {
    return [
      ...told('Statements that would connect a subscription were left out', this.#leftOut),
      ...told('Rows of foreign tables were left out', this.#foreignRows),
      ...told('Materialized views that read from another server were not filled', this.#unfilled),
    ];
  }

  /** A statement that would speak to production by itself. */
  leavesOut({ bytes, words }: StatementPiece): boolean {
    const [first = '', second] = words;
    if (second !== 'subscription' || (first !== 'create' && first !== 'alter')) return false;
    const text = bytes.toString();
    const isHarmless =
      first === 'create' ? DOES_NOT_CONNECT.test(text) : /\s(?:owner|rename)\s+to\s/i.test(text);
    if (!isHarmless) this.#leftOut.add(`${first.toUpperCase()} SUBSCRIPTION ${nameBy(SUBSCRIPTION, text)}`);
    return !isHarmless;
  }

  /** Rows that COPY would bring into a foreign table (pg_dump --include-foreign-data), which is production's. */
  leavesOutRows({ bytes }: StatementPiece): boolean {
    const table = nameBy(COPY, bytes.toString('utf8', 0, HEAD_BYTES));
    if (this.#foreignTables.has(table)) this.#foreignRows.add(table);
    return this.#foreignTables.has(table);
  }

  leftOutRows(foreignTable: string): void {
    this.#foreignRows.add(foreignTable);
  }

  /** What the statement may have armed; to be called right after it. */
  async after(client: pg.Client, { words, bytes }: StatementPiece): Promise<void> {
    const head = words[0] === 'copy' ? bytes.toString('utf8', 0, HEAD_BYTES).toLowerCase() : words.join(' ');
    if (head.startsWith('create foreign table'))
      this.#foreignTables.add(nameBy(FOREIGN_TABLE, bytes.toString('utf8', 0, HEAD_BYTES)));
    const arms = ARMS.filter((arm) => arm.isArmedBy(head, () => bytes.toString()));
    // Under another role it waits for the end.
    if (arms.length > 0 && (await isSuperuser(client))) await this.#disarm(client, arms);
  }

  /** All that there is, as a superuser. */
  async all(client: pg.Client): Promise<void> {
    await this.#disarm(client, ARMS);
  }

  /** Did the statement fail because whom it asks is not reached? It is noted then. */
  excuses({ bytes, words }: StatementPiece, thrown: unknown): boolean {
    if (words[0] !== 'refresh' || !UNREACHABLE.test(sqlstateOf(thrown) ?? '')) return false;
    this.#unfilled.add(nameBy(MATERIALIZED_VIEW, bytes.toString('utf8', 0, HEAD_BYTES)));
    return true;
  }

  async #disarm(client: pg.Client, arms: readonly Arm[]): Promise<void> {
    for (const arm of arms)
      for (const { kind, name } of await arm.disarm(client)) {
        registerNames([name]);
        const isKnown = this.#disarmed.some((each) => each.kind === kind && each.name === name);
        if (!isKnown) this.#disarmed.push({ kind, name });
      }
  }
}

function told(what: string, names: ReadonlySet<string>): string[] {
  return names.size === 0 ? [] : [`${what}: ${[...names].join(', ')}.`];
}

function nameBy(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1] ?? 'of an unknown name';
}
