import type { ServerRecord } from '../artifacts/records/records.ts';

export type Lags = Required<
  Pick<
    ServerRecord,
    'writeLagMs' | 'flushLagMs' | 'replayLagMs' | 'writeLagBytes' | 'flushLagBytes' | 'replayLagBytes'
  >
>;

/** A standby as pg_stat_replication shows it: positions in bytes, lags as the view tells them. */
export interface StandbyRow {
  /** Of its WAL sender: a standby that connects anew has another one. */
  readonly pid: number;
  readonly write: Place;
  readonly flush: Place;
  readonly replay: Place;
}

interface Place {
  readonly lsn: number;
  readonly lagMs: number | null;
}

type PlaceName = 'write' | 'flush' | 'replay';

/**
 * How far the standby is behind, at each look.
 *
 * The view's own `write_lag`, `flush_lag` and `replay_lag` cannot be taken as they stand. They are how long recent WAL took
 * until the standby reported it, so they change only with a report that got further: a standby whose replay is stuck shows
 * its last good lag for as long as it is stuck, and one that has caught up on an idle server shows its last lag for a while
 * and then null (https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW).
 *
 * So a lag counts where it changed since the look before. Beside it stands the age of the oldest WAL that the standby lacks,
 * from the primary's flushed positions at earlier looks: at least that long it is behind. The larger one is the lag. The age
 * is never too long, and too short by less than the time between two looks; a standby that lacks nothing has an age of 0.
 *
 * Bytes count from what is flushed on the primary: WAL that is not flushed there is not sent yet. (The insert position also
 * stands past a page header that is not written before the next record, so that it would never be reached when idle.)
 */
export class StandbyLag {
  readonly #flushed: { readonly knownMs: number; readonly lsn: number }[] = [];
  #before: ReadonlyMap<number, StandbyRow> | undefined;

  /**
   * @param asked from when to when the server was asked: what it said was true at some moment in between
   * @param flushedLsn the primary's own flushed position, in bytes
   * @param standbys those that stream; of several, each figure is that of the worst
   */
  look(
    asked: { readonly fromMs: number; readonly toMs: number },
    flushedLsn: number,
    standbys: readonly StandbyRow[],
  ): Lags {
    this.#flushed.push({ knownMs: asked.toMs, lsn: flushedLsn });
    const worst = (name: PlaceName): { ms: number | null; bytes: number | null } =>
      standbys.reduce<{ ms: number | null; bytes: number | null }>(
        ({ ms, bytes }, standby) => ({
          ms: Math.max(ms ?? 0, this.#newLagMs(standby, name), this.#ageMs(standby[name], asked.fromMs)),
          bytes: Math.max(bytes ?? 0, flushedLsn - standby[name].lsn),
        }),
        { ms: null, bytes: null },
      );
    const [write, flush, replay] = [worst('write'), worst('flush'), worst('replay')];
    this.#before = new Map(standbys.map((standby) => [standby.pid, standby]));
    this.#forget(standbys);
    return {
      writeLagMs: write.ms,
      flushLagMs: flush.ms,
      replayLagMs: replay.ms,
      writeLagBytes: write.bytes,
      flushLagBytes: flush.bytes,
      replayLagBytes: replay.bytes,
    };
  }

  /** The view's lag where it was measured since the last look; at the first look nobody can tell how old it is. */
  #newLagMs({ pid, ...standby }: StandbyRow, name: PlaceName): number {
    const { lagMs } = standby[name];
    return this.#before === undefined || lagMs === this.#before.get(pid)?.[name].lagMs ? 0 : (lagMs ?? 0);
  }

  /** Below 0 where only this very look knows of WAL that the standby lacks. */
  #ageMs({ lsn }: Place, nowMs: number): number {
    return nowMs - (this.#flushed.find((look) => look.lsn > lsn)?.knownMs ?? nowMs);
  }

  /** What every standby has replayed is never asked for again; while none streams, all is kept for its return. */
  #forget(standbys: readonly StandbyRow[]): void {
    if (standbys.length === 0) return;
    const least = Math.min(...standbys.map(({ replay }) => replay.lsn));
    const first = this.#flushed.findIndex(({ lsn }) => lsn > least);
    this.#flushed.splice(0, first === -1 ? this.#flushed.length : first);
  }
}
