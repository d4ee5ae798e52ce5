import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { LiveLimits } from '../../../plan/schema/schema-limits.ts';
import { monotonicMs } from '../../../shared/clock.ts';
import { withoutForeign } from '../../../shared/descriptors.ts';
import { installedClients } from '../../archive/find-pg-restore.ts';
import { choosePgDump } from './choose-pg-dump.ts';
import { dumpFailure } from './dump-failure.ts';
import { DumpWatch } from './dump-watch.ts';
import { clientVariables, type LiveServer } from './live-server.ts';

const KEPT_CHARACTERS = 4_000;

interface DumpWork {
  readonly server: LiveServer;
  readonly limits: LiveLimits;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told before pg_dump begins, as a sentence. */
  readonly onNote?: ((message: string) => void) | undefined;
}

/**
 * One run of pg_dump against a server that others use. What goes above a limit ends it, and so does the signal; its sessions are
 * cancelled by their process ids then.
 */
export class GuardedDump {
  readonly #work: DumpWork;
  readonly #watch: DumpWatch;
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #beganMs = monotonicMs();
  #complaint = '';
  #failure: Error | undefined;
  #ending: Promise<void> | undefined;
  /** What it did to the server, as sentences for the report; empty until it is over. */
  notes: readonly string[] = [];

  /**
   * @param args of pg_dump: the format and what is dumped, nothing of the connection
   * @throws CONNECTION_FAILED, RESTORE_FAILED where no pg_dump fits, SourceCut where another try may succeed
   */
  static async begin(work: DumpWork, args: readonly string[]): Promise<GuardedDump> {
    const { server, limits, signal, onNote } = work;
    const watch = await DumpWatch.open(server, limits);
    try {
      const program = choosePgDump(await installedClients('pg_dump'), watch.facts.major, server.shown);
      signal.throwIfAborted();
      onNote?.(watch.diary.warning);
      return new GuardedDump(work, watch, [program.path, ...args]);
    } catch (error) {
      await watch.close();
      throw error;
    }
  }

  private constructor(work: DumpWork, watch: DumpWatch, [program = '', ...args]: readonly string[]) {
    this.#work = work;
    this.#watch = watch;
    const { limits, env, signal } = work;
    const lockWait = `--lock-wait-timeout=${Math.ceil(limits.lockWait)}`;
    this.#child = spawn(program, ['--no-password', lockWait, '--no-subscriptions', ...args], {
      env: clientVariables(watch.server, watch.applicationName, env),
      stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    });
    this.#closed = once(this.#child, 'close').then(([code]: unknown[]) => code as number | null);
    this.#closed.catch(() => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString()).slice(0, KEPT_CHARACTERS);
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
    watch.begin((why) => {
      this.#failure = why;
      void this.close();
    });
  }

  readonly #onAbort = (): void => void this.close();

  /** What pg_dump writes to its output, from first to last. @throws as `ended` */
  async *bytes(): AsyncGenerator<Buffer> {
    yield* this.#child.stdout as AsyncIterable<Buffer>;
    await this.ended();
  }

  /** Waits until it is over. @throws TIMED_OUT above a limit, CONNECTION_FAILED, SourceCut, or the signal's reason */
  async ended(): Promise<void> {
    this.#child.stdout?.resume(); // in the format directory nothing comes, and its end has to be seen
    const code = await this.#closed;
    await this.close();
    const { server, limits, signal } = this.#work;
    signal.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    if (code !== 0) throw dumpFailure(server, limits, this.#complaint);
  }

  /** Ends it, and waits until nothing of it is left: no process here, no session there. */
  close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#work.signal.removeEventListener('abort', this.#onAbort);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      // Its sessions first: one that waits would not notice that nobody waits for its answer.
      const cancelled = this.#watch.cancel();
      this.#child.kill();
      await cancelled;
      this.#child.stdout?.resume(); // its end comes behind what is still in the pipe
      await this.#closed;
    }
    await this.#watch.close();
    this.notes = this.#watch.diary.told(monotonicMs() - this.#beganMs);
  }
}
