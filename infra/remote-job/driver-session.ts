import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { SteadyConnection, type SteadyOptions } from '../ssh/steady-connection.ts';
import type { DriverAccess } from '../contract/target.ts';
import { collectArchive, type ArchiveFacts } from './collect.ts';
import { readDone } from './done-file.ts';
import { followJob, type OnLine } from './follow.ts';
import { launchDriver } from './launch.ts';
import { stopDriver } from './stop.ts';
import type { TransferProgress } from './transfer/transfer-pace.ts';
import { uploadJob, type JobUpload } from './transfer/upload.ts';

export type { ArchiveFacts, TransferProgress };

/** How long the driver may take to end after it was asked to. */
const STOP_GRACE_MS = 10_000;
/** What ends a job must itself come to an end, also on a host that is gone. */
const STOP_MARGIN_MS = 20_000;
const STOP_PATIENCE = { unreachableMs: 10_000, dialMs: 5_000 };

/**
 * One job on the driver host, over one connection that is opened again whenever it is cut. The job lives on the host: a
 * later session with the same access goes on where this one was.
 */
export class DriverSession {
  readonly #access: DriverAccess;
  readonly #options: SteadyOptions;
  readonly #steady: SteadyConnection;

  private constructor(access: DriverAccess, options: SteadyOptions, steady: SteadyConnection) {
    this.#access = access;
    this.#options = options;
    this.#steady = steady;
  }

  /** When `signal` aborts, everything but `stop` ends at once with its reason. @throws HOST_UNREACHABLE */
  static async open(access: DriverAccess, options: SteadyOptions): Promise<DriverSession> {
    const steady = new SteadyConnection(access.ssh, options);
    try {
      await steady.use(async (connection) => connection.sftp());
    } catch (error) {
      await steady.close();
      throw error;
    }
    return new DriverSession(access, options, steady);
  }

  /** Fills the job folder; what is there already is not sent again. @throws DRIVER_FAILED, HOST_UNREACHABLE */
  async upload(job: JobUpload, onProgress: (progress: TransferProgress) => void): Promise<void> {
    await this.#explained('the job cannot be brought to the driver host', () =>
      uploadJob(this.#steady, this.#access.dir, job, onProgress),
    );
  }

  /** Starts the driver, once however often it is called. @throws DRIVER_FAILED, HOST_UNREACHABLE */
  async start(): Promise<void> {
    await this.#explained('the driver cannot be started', () =>
      this.#steady.use((connection) => launchDriver(connection, this.#access)),
    );
  }

  /**
   * Hands on the job's events, each line once and in order, until the job is over. Returns the content of done.json.
   * @throws DRIVER_FAILED when the driver ended without a result, HOST_UNREACHABLE, or what `onLine` throws
   */
  async follow(onLine: OnLine, fromOffset = 0): Promise<unknown> {
    const { signal } = this.#options;
    return followJob(this.#steady, { dir: this.#access.dir, fromOffset, onLine, signal });
  }

  /** The content of done.json; undefined while the job goes on. */
  async done(): Promise<unknown> {
    return this.#steady.use((connection) => readDone(connection, this.#access.dir));
  }

  /**
   * Brings what the run recorded into `toDir`, which must not be there or be empty.
   * @throws DRIVER_FAILED, HOST_UNREACHABLE
   */
  async collect(toDir: string, facts: ArchiveFacts): Promise<void> {
    const { signal } = this.#options;
    await this.#explained('what the driver recorded cannot be brought here', () =>
      collectArchive(this.#steady, { dir: this.#access.dir, toDir, facts, signal }),
    );
  }

  /**
   * Ends the driver: asked first, killed after `graceMs`. Has a connection of its own, so that it works after an abort as
   * well; comes to an end within 20 s after that. @throws DRIVER_FAILED, HOST_UNREACHABLE
   */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    const signal = AbortSignal.timeout(graceMs + STOP_MARGIN_MS);
    const patience = { ...this.#options.patience, ...STOP_PATIENCE };
    const steady = new SteadyConnection(this.#access.ssh, { signal, patience });
    try {
      await stopDriver(steady, { dir: this.#access.dir, graceMs, signal });
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new RehearsalError(
        'HOST_UNREACHABLE',
        `stopping the driver took longer than ${graceMs / 1000} s`,
        {
          hint: 'what runs on the driver host ends with it: rehearse reap --execute',
          cause,
        },
      );
    } finally {
      await steady.close();
    }
  }

  /** Ends the connection; the job goes on. */
  async close(): Promise<void> {
    await this.#steady.close();
  }

  /** Gives an error of a disk or of the host's SFTP server a sentence around it. */
  async #explained<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (error instanceof RehearsalError) throw error;
      throw new RehearsalError('DRIVER_FAILED', `${what}: ${asError(error).message}`, {
        hint: 'look at the disks on both sides (df), and at the driver host by SSH',
        cause: error,
      });
    }
  }
}
