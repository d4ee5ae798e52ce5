import { access, constants } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { asError } from '../shared/errors.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { removeGroup } from './abandoned.ts';
import { abandonedGroups } from './group-claim.ts';
import { programSymbols } from './elf-symbols.ts';
import { lockEvents, ofServer, READ_VARIABLES, RELEASED_ALL, TRACED_FUNCTIONS } from './lock-events.ts';
import type { TracedServer } from './local-server.ts';
import { LockPairing, type LockNews } from './lock-pairing.ts';
import { TraceInstance } from './trace-instance.ts';
import { parseTraceLine } from './trace-line.ts';
import { openTracefs, type Tracefs } from './tracefs.ts';

const READ_EVERY_MS = 250;
/** How often the kernel is asked whether it had to throw events away. */
const COUNT_EVERY_MS = 500;
/** With four hundred sessions at one row, events come as fast as they are read: the rest of this process has its turns too. */
const TURN_MS = 10;
/** What has come until the end is read; whoever still waits then, and wakes, goes on without an end. */
const LAST_READ_MS = 2000;
const ALWAYS_ON = ['wait', 'awake', 'removed', 'granted'];

export interface TracerNews extends LockNews {
  /** The tracer has ended by itself: what it told until then is whole, later waits are not seen. */
  readonly onEnd: (why: string) => void;
}

/**
 * Sees every wait for a heavyweight lock of one PostgreSQL program by uprobes, to the microsecond, with no tool but the kernel's
 * own tracefs. Needs root. Nothing of it remains after `stop`; what a killed process leaves, the next tracer removes.
 */
export class LockTracer {
  readonly #server: TracedServer;
  readonly #tracefs: Tracefs;
  readonly #instance: TraceInstance;
  readonly #pairing: LockPairing;
  /** What nobody has been told yet, because events may have been lost meanwhile. */
  #unconfirmed: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;

  private constructor(
    server: TracedServer,
    { tracefs, instance }: { tracefs: Tracefs; instance: TraceInstance },
    news: TracerNews,
  ) {
    this.#server = server;
    this.#tracefs = tracefs;
    this.#instance = instance;
    const later =
      <T>(tell: (news: T) => void) =>
      (news: T): void => {
        this.#unconfirmed.push(() => {
          tell(news);
        });
      };
    this.#pairing = new LockPairing({
      onWait: later(news.onWait),
      onGrant: later(news.onGrant),
      onRelease: later(news.onRelease),
    });
    this.#loop = this.#run().catch((error: unknown) => {
      news.onEnd(asError(error).message);
    });
  }

  /**
   * @throws Error saying in one phrase why it cannot be traced here
   */
  static async start(server: TracedServer, news: TracerNews): Promise<LockTracer> {
    const { binary, startedAtUs } = server;
    await access(binary, constants.R_OK);
    const symbols = await programSymbols(binary, [...TRACED_FUNCTIONS, ...READ_VARIABLES]);
    const missing = [
      ...TRACED_FUNCTIONS.filter((name) => !symbols.offsets.has(name)),
      ...READ_VARIABLES.filter((name) => !symbols.addresses.has(name)),
    ];
    if (missing.length > 0) throw new Error(`${binary} does not export ${missing.join(' and ')}`);
    const tracefs = await openTracefs();
    let instance: TraceInstance | undefined;
    try {
      for (const group of await abandonedGroups()) {
        await removeGroup(tracefs.path, group).catch(() => undefined); // `rehearse reap` tells of it
      }
      instance = await TraceInstance.open(tracefs.path, (group) => lockEvents(group, binary, symbols));
      for (const event of ALWAYS_ON) {
        await instance.filter(event, ofServer(startedAtUs)); // other servers may run the same program
        await instance.enable(event, true);
      }
      return new LockTracer(server, { tracefs, instance }, news);
    } catch (error) {
      await instance?.close().catch(() => undefined);
      await tracefs.close();
      throw error;
    }
  }

  /** Tells when these backends give their locks back, and nobody else's. None = nobody's: then it costs nothing. */
  async watchReleases(pids: readonly number[]): Promise<void> {
    const isOurs = pids.map((pid) => `backend == ${pid}`).join(' || ');
    const ofOurs = `${ofServer(this.#server.startedAtUs)} && ${RELEASED_ALL} && (${isOurs})`;
    if (pids.length > 0) await this.#instance.filter('released', ofOurs);
    await this.#instance.enable('released', pids.length > 0);
  }

  /** Reads what has come until now, and takes everything back. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
    try {
      await this.#instance.close();
    } finally {
      await this.#tracefs.close();
    }
  }

  async #run(): Promise<void> {
    let countedMs = monotonicMs();
    while (!this.#stop.signal.aborted) {
      const isMore = this.#read();
      if (monotonicMs() - countedMs >= COUNT_EVERY_MS) {
        await this.#tellAll();
        countedMs = monotonicMs();
      }
      if (isMore) await setImmediate();
      else await sleep(READ_EVERY_MS, this.#stop.signal).catch(() => undefined);
    }
    const untilMs = monotonicMs() + LAST_READ_MS;
    while (this.#read() && monotonicMs() < untilMs) await setImmediate();
    await this.#tellAll();
  }

  /** @returns whether there may be more */
  #read(): boolean {
    const { lines, isMore } = this.#instance.lines(TURN_MS);
    for (const text of lines) {
      const line = parseTraceLine(text);
      if (line !== undefined) this.#pairing.take(line);
    }
    return isMore;
  }

  /** Tells what is known to be whole. */
  async #tellAll(): Promise<void> {
    const lost = await this.#instance.lost();
    if (lost > 0) throw new Error(`the kernel lost ${lost} events: more came than could be read`);
    const whole = this.#unconfirmed;
    this.#unconfirmed = [];
    for (const tell of whole) tell();
  }
}
