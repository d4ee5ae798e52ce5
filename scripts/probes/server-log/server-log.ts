import { POLL_MS } from '../../artifacts/polling.ts';
import type { PgClient } from '../../pg/client.ts';
import { Cleanup } from '../../shared/cleanup.ts';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import type { WaitNews, WaitSource, WaitSourceKind } from '../wait-source.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import { parseLockLine } from './log-line.ts';
import { logLocks, requireLockLogging, stopLoggingLocks } from './lock-logging.ts';
import { LoggedWaits } from './logged-waits.ts';

const READ_EVERY_MS = 200;
/** The server's clock and ours drift apart by a few milliseconds an hour. */
const READS_BETWEEN_CLOCKS = 50;
/** A second: a burst is no hot row. */
const READS_BETWEEN_COUNTS = 5;
const CLOCK_TRIES = 5;
/** Waits for rows. More, and looking for deadlocks a millisecond into each of them costs the app several per cent. */
const HOT_ROW_WAITS_PER_SEC = 50;
const HOT_LOCKTYPES: ReadonlySet<string> = new Set(['transactionid', 'tuple']);

/**
 * The server tells in its own log, where it can be read: waits of a millisecond and more, by log_lock_waits and a low
 * deadlock_timeout. It gives that up by itself where the app waits for rows all the time.
 */
export const serverLog: WaitSourceKind = {
  tier: 'server-log',
  resolutionMs: 1,
  pollMs: POLL_MS, // the plan's own waits of less than a second are not told
  // PostgreSQL's default. After that time a statement ends the autovacuum in its way, and deadlocks of the plan are found.
  planOptions: '-c deadlock_timeout=1s',
  open: async (client, news) => {
    await requireLockLogging(client);
    const cleanup = new Cleanup();
    try {
      const log = await openLogFile(client);
      cleanup.add('log', () => log.close());
      cleanup.add('settings', () => stopLoggingLocks(client));
      await logLocks(client);
      return new LogFollower(client, log, cleanup, news, await clockDifference(client));
    } catch (error) {
      await cleanup.run();
      throw error;
    }
  },
};

class LogFollower implements WaitSource {
  readonly #client: PgClient;
  readonly #log: LogFile;
  readonly #cleanup: Cleanup;
  readonly #waits: LoggedWaits;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #aheadMs: number;
  #rest = '';
  #rowWaits = 0;

  constructor(client: PgClient, log: LogFile, cleanup: Cleanup, news: WaitNews, aheadMs: number) {
    this.#client = client;
    this.#log = log;
    this.#cleanup = cleanup;
    this.#aheadMs = aheadMs;
    this.#waits = new LoggedWaits((wait) => {
      if (HOT_LOCKTYPES.has(wait.locktype)) this.#rowWaits += 1;
      news.onWait(wait);
    });
    this.#loop = this.#run().catch((error: unknown) => {
      news.onEnd(asError(error).message);
    });
  }

  /** The log does not tell of releases. */
  follow(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
    const [first] = await this.#cleanup.run();
    if (first) throw first.error;
  }

  async #run(): Promise<void> {
    let fromMs = monotonicMs();
    for (let reads = 1; !this.#stop.signal.aborted; reads++) {
      await sleep(READ_EVERY_MS, this.#stop.signal).catch(() => undefined);
      await this.#read();
      if (reads % READS_BETWEEN_COUNTS === 0) {
        this.#requireColdRows((monotonicMs() - fromMs) / 1000);
        fromMs = monotonicMs();
      }
      if (reads % READS_BETWEEN_CLOCKS === 0) this.#aheadMs = await clockDifference(this.#client);
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    const lines = (this.#rest + (await this.#log.read()).toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = parseLockLine(text);
      if (line) this.#waits.take(line, this.#aheadMs);
    }
  }

  #requireColdRows(seconds: number): void {
    const perSec = this.#rowWaits / seconds;
    this.#rowWaits = 0;
    if (perSec > HOT_ROW_WAITS_PER_SEC)
      throw new Error(
        `hot rows: ${Math.round(perSec)} waits for rows a second, and logging each slows the app down`,
      );
  }
}

/** What to add to the server's epoch for a time of `monotonicMs`: from the quickest of a few answers. */
async function clockDifference(client: PgClient): Promise<number> {
  let best = { roundTripMs: Infinity, aheadMs: 0 };
  for (let tries = 0; tries < CLOCK_TRIES; tries++) {
    const askedMs = monotonicMs();
    const { rows } = await client.query<{ epochMs: string }>(
      `select extract(epoch from clock_timestamp()) * 1000 as "epochMs"`,
    );
    const answeredMs = monotonicMs();
    const roundTripMs = answeredMs - askedMs;
    if (roundTripMs < best.roundTripMs)
      best = { roundTripMs, aheadMs: (askedMs + answeredMs) / 2 - Number(rows[0]?.epochMs) };
  }
  return best.aheadMs;
}
