import { POLL_MS } from '../../artifacts/polling.ts';
import type { Asker } from '../../pg/asker.ts';
import { Cleanup } from '../../shared/cleanup.ts';
import { sleep } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import type { WaitNews, WaitSource, WaitSourceKind } from '../wait-source.ts';
import { openLogFile, type LogFile } from './log-file.ts';
import { parseLockLine } from './log-line.ts';
import { logLocks, requireLockLogging, stopLoggingLocks } from './lock-logging.ts';
import { serverClock } from '../server-clock.ts';
import { LoggedWaits } from './logged-waits.ts';

const READ_EVERY_MS = 200;
/** The server's clock and ours drift apart by a few milliseconds an hour. */
const READS_BETWEEN_CLOCKS = 50;

/**
 * The server tells in its own log, where it can be read, of waits that last `deadlock_timeout` and longer, with their exact
 * ends. The settings of sessions stay as they are; what is shorter the looks have to find.
 */
export const serverLog: WaitSourceKind = {
  tier: 'server-log',
  resolutionMs: POLL_MS / 2,
  pollMs: POLL_MS,
  open: async (client, news) => {
    await requireLockLogging(client);
    const cleanup = new Cleanup();
    try {
      const log = await openLogFile(client);
      cleanup.add('log', () => log.close());
      cleanup.add('settings', () => stopLoggingLocks(client));
      await logLocks(client);
      return new LogFollower({ client, log, cleanup, aheadMs: (await serverClock(client)).aheadMs }, news);
    } catch (error) {
      await cleanup.run();
      throw error;
    }
  },
};

interface Followed {
  readonly client: Asker;
  readonly log: LogFile;
  readonly cleanup: Cleanup;
  /** How far the server's clock is ahead of ours. */
  readonly aheadMs: number;
}

class LogFollower implements WaitSource {
  readonly #client: Asker;
  readonly #log: LogFile;
  readonly #cleanup: Cleanup;
  readonly #waits: LoggedWaits;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #aheadMs: number;
  #rest = '';

  constructor({ client, log, cleanup, aheadMs }: Followed, news: WaitNews) {
    this.#client = client;
    this.#log = log;
    this.#cleanup = cleanup;
    this.#aheadMs = aheadMs;
    this.#waits = new LoggedWaits((wait) => {
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
    for (let reads = 1; !this.#stop.signal.aborted; reads++) {
      await sleep(READ_EVERY_MS, this.#stop.signal).catch(() => undefined);
      await this.#read();
      if (reads % READS_BETWEEN_CLOCKS === 0) this.#aheadMs = (await serverClock(this.#client)).aheadMs;
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
}
