import { LOCK_MODES, LOCK_TYPES, OF_RELATION } from './lock-tags.ts';
import type { TraceLine } from './trace-line.ts';

/** One wait of one backend. Times are on the clock of `monotonicMs`. */
export interface TracedWait {
  readonly pid: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** `cancelled`: a timeout, a cancel or a deadlock ended it. */
  readonly end: 'granted' | 'cancelled';
  readonly locktype: string;
  /** Of the database; 0 = shared, or a lock that is not on an object of one. */
  readonly databaseOid: number;
  /** Null for a lock that is not on a relation. */
  readonly relationOid: number | null;
  readonly mode: string;
}

/** A backend has ACCESS EXCLUSIVE on a relation from now on. */
export interface TracedGrant {
  readonly pid: number;
  readonly atMs: number;
  readonly databaseOid: number;
  readonly relationOid: number;
}

/** A backend has given back its locks. */
export interface TracedRelease {
  readonly pid: number;
  readonly atMs: number;
}

/** PROC_WAIT_STATUS_OK (src/include/storage/lock.h). */
const GRANTED = 0;

export interface LockNews {
  readonly onWait: (wait: TracedWait) => void;
  readonly onGrant: (grant: TracedGrant) => void;
  readonly onRelease: (release: TracedRelease) => void;
}

/** Joins the beginnings and ends of waits. */
export class LockPairing {
  readonly #open = new Map<number, TraceLine>();
  readonly #onWait: (wait: TracedWait) => void;
  readonly #onGrant: (grant: TracedGrant) => void;
  readonly #onRelease: (release: TracedRelease) => void;

  constructor({ onWait, onGrant, onRelease }: LockNews) {
    this.#onWait = onWait;
    this.#onGrant = onGrant;
    this.#onRelease = onRelease;
  }

  take(line: TraceLine): void {
    switch (line.event) {
      case 'wait':
        this.#open.set(line.pid, line);
        break;
      case 'awake':
        if (line.fields['status'] === GRANTED) this.#end(line, 'granted');
        // A deadlock has already removed it; else it never queued: ProcSleep of 17 is also called with NOWAIT.
        else this.#open.delete(line.pid);
        break;
      case 'removed':
        this.#end(line, 'cancelled');
        break;
      case 'granted': {
        const { database = 0, relation = 0 } = line.fields;
        this.#onGrant({ pid: line.pid, atMs: line.tMs, databaseOid: database, relationOid: relation });
        break;
      }
      case 'released':
        this.#onRelease({ pid: line.pid, atMs: line.tMs });
    }
  }

  #end({ pid, tMs }: TraceLine, end: TracedWait['end']): void {
    const begun = this.#open.get(pid);
    if (begun === undefined) return;
    this.#open.delete(pid);
    const { database = 0, relation = 0, locktype = 0, mode = 0 } = begun.fields;
    const type = LOCK_TYPES[locktype] ?? String(locktype);
    const isOfRelation = OF_RELATION.has(type);
    this.#onWait({
      pid,
      end,
      locktype: type,
      fromMs: begun.tMs,
      toMs: tMs,
      databaseOid: isOfRelation ? database : 0,
      relationOid: isOfRelation ? relation : null,
      mode: LOCK_MODES[mode] ?? String(mode),
    });
  }
}
