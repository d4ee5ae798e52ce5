import type { LockEntry, StatementRecord } from '../../artifacts/records/records.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { Pending } from './statement-record.ts';
import { NO_LOCKS } from './step-catalog.ts';

interface Savepoint {
  readonly name: string;
  readonly held: readonly LockEntry[];
  readonly catalog: Catalog;
  /** Statements before it. */
  readonly statements: number;
}

/** The statements of an open transaction, and until when each of them keeps its locks. */
export class HeldLocks {
  readonly #statements: { record: Pending; releasedMs: number | null }[] = [];
  readonly #savepoints: Savepoint[] = [];
  #held: readonly LockEntry[] = NO_LOCKS;

  /** By the whole transaction. */
  get held(): readonly LockEntry[] {
    return this.#held;
  }

  /** @param held by the whole transaction from now on; absent = as before */
  add(record: Pending, held: readonly LockEntry[] = this.#held): void {
    this.#statements.push({ record, releasedMs: null });
    this.#held = held;
  }

  savepoint(name: string, catalog: Catalog): void {
    this.#savepoints.push({ name, held: this.#held, catalog, statements: this.#statements.length });
  }

  /** RELEASE: what was locked since then stays locked. */
  release(name: string): void {
    this.#savepoints.splice(this.#positionOf(name));
  }

  /** ROLLBACK TO: what was locked since then is free, and the savepoint remains. Returns the catalog as it is again. */
  rollbackTo(name: string, atMs: number): Catalog | undefined {
    const position = this.#positionOf(name);
    this.#savepoints.splice(position + 1);
    return this.#freeSince(this.#savepoints[position], atMs)?.catalog;
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
    this.#held = savepoint.held;
    return savepoint;
  }

  #free(from: number, atMs: number): void {
    for (const statement of this.#statements.slice(from)) statement.releasedMs ??= atMs;
  }
}
