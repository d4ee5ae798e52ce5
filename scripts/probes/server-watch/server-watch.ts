import type { PresenceRecord } from '../../artifacts/records/records.ts';
import type { PgEndpoint } from '../../pg/endpoint.ts';
import type { ServerRole } from '../../pg/machine-trouble.ts';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import { errorOfTrouble, serverGone, serverSilent } from './gone-errors.ts';
import { Heartbeat } from './heartbeat.ts';
import { knock, type Door } from './knock.ts';
import { LogWitness } from './log-witness.ts';
import type { LoopLag } from './loop-lag.ts';

const EVERY_MS = 250;
/** A server that answers nothing for so long is away. An empty query takes it 0.1 ms. */
const AWAY_MS = 1_000;
const SETTLING_MS = 10;
const KNOCK_MS = 400;
const KNOCK_PAUSE_MS = 100;
/** Away for so long, and the run cannot go on. */
const GONE_MS = 30_000;
/** A listening socket that is gone stays gone; a second look is cheap. */
const REFUSALS = 2;

interface ServerWatchOptions {
  readonly role: ServerRole;
  readonly endpoint: PgEndpoint;
  readonly lag: LoopLag;
  /** Times on `monotonicMs`. */
  readonly onRecord: (record: PresenceRecord) => void;
  /** Once: the run cannot go on. */
  readonly onGone: (error: Error) => void;
}

/**
 * Looks after one server four times a second: whether it answers, what stands at its address where it does not, and what its
 * log says of crashes and of a host that lacks disk, memory or descriptors.
 */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #heartbeat: Heartbeat;
  readonly #witness = new LogWitness();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #rounds = 0;
  #nap = new AbortController();
  #hasSession = true;

  private constructor(options: ServerWatchOptions, heartbeat: Heartbeat) {
    this.#options = options;
    this.#heartbeat = heartbeat;
    this.#loop = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) options.onGone(asError(error));
      this.#stop.abort(asError(error));
    });
  }

  static async start(options: ServerWatchOptions): Promise<ServerWatch> {
    const watch = new ServerWatch(options, new Heartbeat(options.endpoint));
    await watch.settled();
    return watch;
  }

  /** Resolves after a whole round that began after this call: whatever happened until now is known then. */
  async settled(): Promise<void> {
    for (const until = this.#rounds + 2; this.#rounds < until && !this.#stop.signal.aborted;) {
      this.#nap.abort();
      await sleep(SETTLING_MS);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
    await this.#witness.close();
    await this.#heartbeat.close();
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    if ((await this.#heartbeat.login()) === 'in') await this.#openLog();
    else await this.#findOut(monotonicMs());
    while (!signal.aborted) {
      const askedMs = monotonicMs();
      const isThere = this.#hasSession ? await this.#heartbeat.beat(AWAY_MS) : await this.#answersKnock();
      if (!isThere && !this.#isStopped) await this.#findOut(askedMs);
      await this.#readLog();
      this.#rounds += 1;
      this.#nap = new AbortController();
      await sleep(EVERY_MS, AbortSignal.any([signal, this.#nap.signal])).catch(() => undefined);
    }
  }

  /** It did not answer what was asked at `askedMs`: knocks until it does, and says why and how long it was away. */
  async #findOut(askedMs: number): Promise<void> {
    const { role, endpoint, lag, onRecord } = this.#options;
    const { signal } = this.#stop;
    const lagMs = lag.totalMs();
    let why: Exclude<Door, 'answers' | 'refused'> | 'restarting' | undefined;
    for (let refusals = 0; !signal.aborted;) {
      const door = await knock(endpoint, KNOCK_MS);
      const awayMs = monotonicMs() - askedMs - (lag.totalMs() - lagMs);
      refusals = door === 'refused' ? refusals + 1 : 0;
      if (refusals >= REFUSALS) throw serverGone(role, endpoint.host, endpoint.port);
      if (door === 'unreachable' || door === 'silent') why = door;
      if (door === 'answers') {
        const login = await this.#heartbeat.login();
        this.#hasSession = login === 'in';
        if (login === 'not-now') why = 'restarting';
        else if (login !== 'none') break;
      }
      if (awayMs > GONE_MS) throw serverSilent(role, door, awayMs);
      await sleep(KNOCK_PAUSE_MS, signal).catch(() => undefined);
    }
    const toMs = monotonicMs();
    const isWorthTelling = why === 'restarting' || toMs - askedMs - (lag.totalMs() - lagMs) > AWAY_MS;
    if (why !== undefined && isWorthTelling && !signal.aborted)
      onRecord({ type: 'away', role, why, fromMs: askedMs, toMs });
    if (this.#hasSession) await this.#openLog();
  }

  async #answersKnock(): Promise<boolean> {
    return (await knock(this.#options.endpoint, AWAY_MS)) === 'answers';
  }

  async #openLog(): Promise<void> {
    if (this.#heartbeat.client) await this.#witness.open(this.#heartbeat.client);
  }

  /** A session that is lost meanwhile shows at the next beat. @throws what the host lacks */
  async #readLog(): Promise<void> {
    const { role, onRecord } = this.#options;
    for (const trouble of await this.#witness.read().catch(() => [])) {
      const error = errorOfTrouble(trouble, role);
      if (error) throw error;
      if (trouble.kind === 'crash') {
        const { pid, signal } = trouble;
        onRecord({ type: 'crash', role, pid, signal, tMs: monotonicMs() });
      }
    }
  }
}
