import { POLL_MS } from '../../artifacts/polling.ts';
import type { ExactWaitRecord, WaitRecord } from '../../artifacts/records/records.ts';
import { lastLookMs } from '../../artifacts/records/sighting-records.ts';
import { groupBy } from '../../shared/group-by.ts';
import { OverlapIndex } from '../../shared/intervals/overlap-index.ts';

/**
 * Which records of exact-waits.ndjson say something. Sessions of the app wait for each other's rows all the time, a busy one a
 * thousand times a second: where no look saw such a wait, nobody knows for whom it was, and nothing follows from it.
 */
export function blamable(looks: readonly WaitRecord[]): (record: ExactWaitRecord) => boolean {
  const seen = new Map(
    [...groupBy(looks, ({ pid }) => pid)].map(([pid, own]) => [
      pid,
      new OverlapIndex(own.map((look) => ({ fromMs: look.tMs, toMs: lastLookMs(look) }))),
    ]),
  );
  return (record) => {
    if (record.type !== 'wait' || record.role !== 'app' || record.locktype === 'relation') return true;
    const { pid, fromMs, toMs } = record;
    return seen.get(pid)?.has({ fromMs: fromMs - POLL_MS, toMs: toMs + POLL_MS }) === true;
  };
}
