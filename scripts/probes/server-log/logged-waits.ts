import type { TracedWait } from '../../tracing/lock-pairing.ts';
import type { LockLine } from './log-line.ts';

/** A line's time is cut off to whole milliseconds: on average half of one is missing. */
const CUT_OFF_MS = 0.5;

/** Joins the lines about waits. A wait is told when it ends; one that ends without a word, with its session, is never told. */
export class LoggedWaits {
  readonly #open = new Map<number, LockLine>();
  readonly #onWait: (wait: TracedWait) => void;

  constructor(onWait: (wait: TracedWait) => void) {
    this.#onWait = onWait;
  }

  /** @param aheadMs what has to be added to the server's epoch for a time of `monotonicMs` */
  take(line: LockLine, aheadMs: number): void {
    const begun = this.#open.get(line.pid);
    if (line.event === 'waiting') {
      // Said again where a deadlock was looked for twice.
      if (begun === undefined || !isSameLock(begun, line)) this.#open.set(line.pid, line);
      return;
    }
    this.#open.delete(line.pid);
    if (line.event === 'failed' && begun === undefined) return;
    const told = line.event === 'acquired' ? line : (begun ?? line);
    const toldMs = told.epochMs + CUT_OFF_MS + aheadMs;
    const { pid, locktype, mode, databaseOid, relationOid } = told;
    this.#onWait({
      pid,
      locktype,
      mode,
      databaseOid,
      relationOid,
      fromMs: toldMs - told.waitedMs,
      toMs: line.epochMs + CUT_OFF_MS + aheadMs,
      end: line.event === 'acquired' ? 'granted' : 'cancelled',
    });
  }
}

function isSameLock(a: LockLine, b: LockLine): boolean {
  return a.mode === b.mode && a.locktype === b.locktype && a.relationOid === b.relationOid;
}
