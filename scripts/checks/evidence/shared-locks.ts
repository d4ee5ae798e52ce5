import type { LockEntry, StepEvent } from '../../artifacts/records/records.ts';

/**
 * Locks as they were read, each different one once: a statement tells what its transaction holds and what of it is new, so that ten
 * statements on ten thousand partitions are two hundred thousand records of the same ten thousand locks.
 */
export class SharedLocks {
  readonly #known = new Map<string, LockEntry>();

  of(event: StepEvent): StepEvent {
    if (event.type !== 'statement') return event;
    const { locks, newLocks } = event;
    const all = locks && { locks: this.#shared(locks) };
    return { ...event, newLocks: this.#shared(newLocks), ...all };
  }

  #shared(locks: readonly LockEntry[]): LockEntry[] {
    return locks.map((lock) => {
      const { relation, mode, existedBefore, partitionOf = '' } = lock;
      const key = `${mode} ${existedBefore} ${relation} ${partitionOf}`;
      const known = this.#known.get(key);
      if (known === undefined) this.#known.set(key, lock);
      return known ?? lock;
    });
  }
}
