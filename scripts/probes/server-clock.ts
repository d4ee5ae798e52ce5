import type { Asker } from '../pg/asker.ts';
import { monotonicMs } from '../shared/clock.ts';

const TRIES = 5;

interface ServerClock {
  /** What to add to the server's epoch, in milliseconds, for a time of `monotonicMs`. */
  readonly aheadMs: number;
  /** By how much that may be wrong. */
  readonly errorMs: number;
}

/** From the quickest of a few answers. */
export async function serverClock(client: Asker): Promise<ServerClock> {
  let best = { errorMs: Infinity, aheadMs: 0 };
  for (let tries = 0; tries < TRIES; tries++) {
    const askedMs = monotonicMs();
    const { rows } = await client.query<{ epochMs: string }>(
      `select extract(epoch from clock_timestamp()) * 1000 as "epochMs"`,
    );
    const answeredMs = monotonicMs();
    const errorMs = (answeredMs - askedMs) / 2;
    if (errorMs < best.errorMs)
      best = { errorMs, aheadMs: (askedMs + answeredMs) / 2 - Number(rows[0]?.epochMs) };
  }
  return best;
}
