import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { asError } from '../../shared/errors.ts';
import { LockTracer } from '../lock-tracer.ts';
import { BOOT_ID_FILE, STOPPED, TOLD_FILE, WANTED_FILE, type Told, type Wanted } from './protocol.ts';

const LOOK_EVERY_MS = 50;
const CLOCK_EVERY_MS = 500;
const LONGEST_WANTED_BYTES = 1000;
/** What a disk has to hold in the worst case. */
const MOST_BYTES = 256 * 1024 ** 2;

const wantedSchema = z.strictObject({
  session: z.string().max(100),
  startedAtUs: z.int(),
  follow: z.int().nonnegative(),
});

/**
 * Traces the waits of servers of that program for whoever asks, one session at a time, until `signal` aborts; nothing of it is in
 * the kernel while nobody asks.
 * @param folder with `wanted` and `told`; nobody else may make or rename files in it
 * @param binary the server's `postgres`
 */
export async function tellWaits(folder: string, binary: string, signal: AbortSignal): Promise<void> {
  let session: Session | undefined;
  try {
    while (!signal.aborted) {
      const wanted = await readWanted(join(folder, WANTED_FILE));
      if (wanted !== undefined && wanted.session !== (session?.id ?? '')) {
        await session?.stop();
        session =
          wanted.session === '' ? undefined : await Session.start(join(folder, TOLD_FILE), binary, wanted);
      }
      await session?.tick(wanted?.follow ?? 0);
      await sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  } finally {
    await session?.stop();
  }
}

/** Undefined where it is being written; who writes it is the server, so it is believed nothing that it does not look like. */
async function readWanted(path: string): Promise<Wanted | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(LONGEST_WANTED_BYTES),
      0,
      LONGEST_WANTED_BYTES,
      0,
    );
    return wantedSchema.parse(JSON.parse(buffer.toString('utf8', 0, bytesRead)));
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

class Session {
  readonly id: string;
  readonly #file: FileHandle;
  #tracer: LockTracer | undefined;
  #lines: string[] = [];
  #bytes = 0;
  #followed = 0;
  #clockMs = -Infinity;
  #isOver = false;

  private constructor(id: string, file: FileHandle) {
    this.id = id;
    this.#file = file;
  }

  static async start(told: string, binary: string, { session, startedAtUs }: Wanted): Promise<Session> {
    const flags = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;
    const made = new Session(session, await open(told, flags));
    await made.#start(binary, startedAtUs);
    return made;
  }

  async #start(binary: string, startedAtUs: number): Promise<void> {
    try {
      const bootId = (await readFile(BOOT_ID_FILE, 'utf8')).trim();
      this.#tracer = await LockTracer.start(
        { binary, startedAtUs },
        {
          onWait: (wait) => {
            this.#tell({ t: 'wait', ...wait });
          },
          onGrant: (grant) => {
            this.#tell({ t: 'grant', ...grant });
          },
          onRelease: (release) => {
            this.#tell({ t: 'release', ...release });
          },
          onEnd: (why) => {
            this.#end(why);
          },
        },
      );
      this.#lines.unshift(lineOf({ t: 'start', session: this.id, bootId }));
    } catch (error) {
      this.#end(asError(error).message);
    }
    await this.#flush();
  }

  /** Writes what has come. */
  async tick(follow: number): Promise<void> {
    if (this.#isOver) return this.#flush();
    if (follow !== 0 && follow !== this.#followed) {
      try {
        await this.#tracer?.watchReleases([follow]);
        this.#followed = follow;
        this.#tell({ t: 'followed', pid: follow });
      } catch (error) {
        this.#end(asError(error).message);
      }
    }
    if (monotonicMs() - this.#clockMs >= CLOCK_EVERY_MS) {
      this.#clockMs = monotonicMs();
      this.#tell({ t: 'clock', monotonicMs: this.#clockMs, epochMs: Date.now() });
    }
    await this.#flush();
    if (this.#bytes > MOST_BYTES) this.#end(`more waits than ${MOST_BYTES / 1024 ** 2} MB hold`);
  }

  /** Takes everything back from the kernel. */
  async stop(): Promise<void> {
    try {
      await this.#tracer?.stop();
      this.#end(STOPPED);
    } catch (error) {
      this.#end(asError(error).message);
    } finally {
      await this.#flush();
      await this.#file.close();
    }
  }

  #tell(told: Told): void {
    if (!this.#isOver) this.#lines.push(lineOf(told));
  }

  #end(why: string): void {
    this.#tell({ t: 'end', session: this.id, why });
    this.#isOver = true;
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = Buffer.from(this.#lines.join(''));
    this.#lines = [];
    await this.#file.appendFile(text);
    this.#bytes += text.length;
  }
}

function lineOf(told: Told): string {
  return `${JSON.stringify(told)}\n`;
}
