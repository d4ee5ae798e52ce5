import type { PgClient } from '../pg/client.ts';
import { sleep } from '../shared/clock.ts';

/** A standby that does not show up in this time is not coming. */
const APPEAR_MS = 30_000;
/** It goes on as long as the standby gets ahead, and no longer than this without. */
const STALLED_MS = 60_000;
const LOOK_EVERY_MS = 250;

interface Behind {
  /** WAL bytes that the slowest standby has yet to replay; null where none follows. */
  readonly bytes: string | null;
}

/**
 * Waits until the standby has replayed the restore: its lag belongs to the snapshot, not to the plan. Where it cannot, a
 * note says so and the run goes on; what the lag was then is on record.
 */
export async function waitForStandby(
  client: PgClient,
  signal: AbortSignal,
  onNote: (message: string) => void,
): Promise<void> {
  const { rows: start } = await client.query<{ lsn: string }>('select pg_current_wal_flush_lsn() as lsn');
  let least = Infinity;
  let until = Date.now() + APPEAR_MS;
  for (;;) {
    const { rows } = await client.query<Behind>(
      'select max($1::pg_lsn - replay_lsn) as bytes from pg_stat_replication',
      [start[0]?.lsn],
    );
    const bytes = rows[0]?.bytes ?? null;
    const behind = bytes === null ? Infinity : Number(bytes);
    if (behind <= 0) return;
    if (behind < least) {
      least = behind;
      until = Date.now() + STALLED_MS;
    }
    if (Date.now() > until) {
      onNote(
        least === Infinity
          ? 'no standby follows the primary'
          : `the standby stopped following the restore, ${least} bytes of WAL behind`,
      );
      return;
    }
    await sleep(LOOK_EVERY_MS, signal);
  }
}
