import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { Pending } from './statement-record.ts';
import type { Mark } from './step-catalog.ts';

interface Savepoint {
  readonly name: string;
  readonly last: number | undefined;
  readonly mark: Mark;
  /** Statements before it. */
  readonly statements: number;
}

/** The statements of an open transaction, and until when each of them keeps its locks. */
export class HeldLocks {
  readonly #statements: { record: Pending; releasedMs: number | null }[] = [];
  readonly #savepoints: Savepoint[] = [];
  #last: number | undefined;

  /** Index of the last statement that has told what it locked, and whose locks are still held; undefined = there was none. */
  get last(): number | undefined {
    return this.#last;
  }

  /** @param tells what it locked */
  add(record: Pending, tells: boolean): void {
    this.#statements.push({ record, releasedMs: null });
    if (tells) this.#last = record.index;
  }

  savepoint(name: string, mark: Mark): void {
    this.#savepoints.push({ name, last: this.#last, mark, statements: this.#statements.length });
  }

  /** RELEASE: what was locked since then stays locked. */
  release(name: string): void {
    this.#savepoints.splice(this.#positionOf(name));
  }

  /** ROLLBACK TO: what was locked since then is free, and the savepoint remains. Returns what is so again. */
  rollbackTo(name: string, atMs: number): Mark | undefined {
    const position = this.#positionOf(name);
    this.#savepoints.splice(position + 1);
    return this.#freeSince(this.#savepoints[position], atMs)?.mark;
  }

  /** An error gives back at once what was locked since the last savepoint, or all where there is none. */
  fail(atMs: number): void {
    const last = this.#savepoints.at(-1);
    if (last === undefined) this.#free(0, atMs);
    else this.#freeSince(last, atMs);
  }

  /** The transaction is over. */
  end(atMs: number): StatementRecord[] {
    return this.#statements.map(({ record, releasedMs }) => ({ ...record, releasedMs: releasedMs ?? atMs }));
  }

  /** The last one of that name; PostgreSQL hides an older one until the newer is released. */
  #positionOf(name: string): number {
    const position = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    return position === -1 ? this.#savepoints.length : position;
  }

  #freeSince(savepoint: Savepoint | undefined, atMs: number): Savepoint | undefined {
    if (savepoint === undefined) return undefined;
    this.#free(savepoint.statements, atMs);
    this.#last = savepoint.last;
    return savepoint;
  }

  #free(from: number, atMs: number): void {
    for (const statement of this.#statements.slice(from)) statement.releasedMs ??= atMs;
  }
}
