import type { LockEntry, StatementRecord } from '../../../artifacts/records/records.ts';
import { blocksTraffic, lockStrength } from '../../../pg/lock-modes.ts';

/** Statements one after the other, each of which adds to what those before it hold; another begins where ROLLBACK TO went back. */
interface Line {
  readonly from: HeldLocks | undefined;
  /** Of the last statement. */
  depth: number;
}

interface Lock {
  readonly entry: LockEntry;
  readonly by: HeldLocks;
}

/**
 * What a transaction holds behind one of its statements. Those of a transaction share one list, so that each of them costs what it
 * took itself, however much was held before.
 */
export class HeldLocks {
  static readonly NONE = new HeldLocks([]);

  /** Locks of the whole transaction, by the name of the relation without its schema. */
  readonly #byName: Map<string, Lock[]>;
  /** Partitioned relations of which parts are locked, each with the statement that took the first of them. */
  readonly #wholes: Map<string, HeldLocks[]>;
  readonly #line: Line;
  readonly #depth: number;
  /** The strongest mode that stops others on a relation of before the step; undefined = none. */
  readonly strongest: string | undefined;
  readonly isEmpty: boolean;

  /** @param before what the transaction held by then; undefined = nothing */
  constructor(taken: readonly LockEntry[], before?: HeldLocks) {
    this.#byName = before === undefined ? new Map<string, Lock[]>() : before.#byName;
    this.#wholes = before === undefined ? new Map<string, HeldLocks[]>() : before.#wholes;
    this.#depth = before === undefined ? 0 : before.#depth + 1;
    const isNext = before !== undefined && before.#line.depth === before.#depth;
    this.#line = isNext ? before.#line : { from: before, depth: this.#depth };
    this.#line.depth = this.#depth;
    this.isEmpty = taken.length === 0 && (before?.isEmpty ?? true);
    let { strongest } = before ?? { strongest: undefined };
    for (const entry of taken) {
      const { relation, partitionOf, mode, existedBefore } = entry;
      noted(this.#byName, nameOf(relation), { entry, by: this });
      if (partitionOf !== undefined && !this.#holdsPartOf(partitionOf))
        noted(this.#wholes, partitionOf, this);
      if (existedBefore && blocksTraffic(mode) && lockStrength(mode) > lockStrength(strongest ?? ''))
        strongest = mode;
    }
    this.strongest = strongest;
  }

  /** The topmost table or index that a relation is a part of; undefined where it is none, or is not held. */
  wholeOf(relation: string): string | undefined {
    return this.#of(relation).at(-1)?.partitionOf;
  }

  has(relation: string): boolean {
    return this.#of(relation).length > 0;
  }

  /** Relations that are called so in whatever schema, as `schema.name`, each once. */
  called(name: string): string[] {
    return [...new Set(this.#called(name).map(({ relation }) => relation))];
  }

  /** Partitioned relations of which it holds parts. */
  get wholes(): string[] {
    return [...this.#wholes.keys()].filter((whole) => this.#holdsPartOf(whole));
  }

  #of(relation: string): LockEntry[] {
    return this.#called(nameOf(relation)).filter((entry) => entry.relation === relation);
  }

  #called(name: string): LockEntry[] {
    return (this.#byName.get(name) ?? []).flatMap(({ entry, by }) => (this.#includes(by) ? [entry] : []));
  }

  #holdsPartOf(whole: string): boolean {
    return this.#wholes.get(whole)?.some((by) => this.#includes(by)) ?? false;
  }

  /** Whether that statement's locks are among these. */
  #includes(by: HeldLocks): boolean {
    let line = this.#line;
    let depth = this.#depth;
    while (line !== by.#line) {
      if (line.from === undefined) return false;
      depth = line.from.#depth;
      line = line.from.#line;
    }
    return by.#depth <= depth;
  }
}

/** `locks` of an older run tell all; else what a statement took comes to what the one before it holds. */
export class HeldByStatements {
  readonly #held = new Map<string, HeldLocks>();

  /** @param record behind those before it */
  of({ attempt, index, newLocks, heldWith, locks }: StatementRecord): HeldLocks {
    const before = heldWith === undefined ? undefined : this.#held.get(`${attempt} ${heldWith}`);
    const held = locks === undefined ? new HeldLocks(newLocks, before) : new HeldLocks(locks);
    this.#held.set(`${attempt} ${index}`, held);
    return held;
  }
}

function noted<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function nameOf(relation: string): string {
  return relation.slice(relation.indexOf('.') + 1);
}
