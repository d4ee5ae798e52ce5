import { closeSync, constants, openSync, readSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../shared/cleanup.ts';
import { monotonicMs } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import { claimGroup, unclaimGroup } from './group-claim.ts';
import { groupName } from './group-name.ts';

const BUFFER_KB = 4096;
const READ_BYTES = 1 << 18;

/** A trace buffer of our own with the events of one group, and its text. */
export class TraceInstance {
  readonly #dir: string;
  readonly #group: string;
  readonly #events: string;
  readonly #fd: number;
  readonly #cleanup: Cleanup;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  #rest = '';

  private constructor(dir: string, group: string, fd: number, cleanup: Cleanup) {
    this.#dir = dir;
    this.#group = group;
    this.#events = join(dir, 'events', group);
    this.#fd = fd;
    this.#cleanup = cleanup;
  }

  /**
   * @param define the lines for uprobe_events of a group, by event
   * @throws what the kernel said
   */
  static async open(tracefs: string, define: (group: string) => Map<string, string>): Promise<TraceInstance> {
    const group = await groupName();
    const cleanup = new Cleanup();
    await claimGroup(group);
    try {
      const all = join(tracefs, 'uprobe_events');
      const events = define(group);
      for (const [name, line] of events) {
        cleanup.add(`event ${name}`, () => appendFile(all, `-:${group}/${name}\n`));
        await appendFile(all, `${line}\n`);
      }
      const dir = join(tracefs, 'instances', group);
      cleanup.add('trace instance', () => rmdir(dir));
      await mkdir(dir);
      await writeFile(join(dir, 'trace_clock'), 'mono');
      await writeFile(join(dir, 'buffer_size_kb'), String(BUFFER_KB));
      const fd = openSync(join(dir, 'trace_pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
      cleanup.add('trace pipe', () => {
        closeSync(fd);
        return Promise.resolve();
      });
      cleanup.add('events', () => writeFile(join(dir, 'events', group, 'enable'), '0'));
      return new TraceInstance(dir, group, fd, cleanup);
    } catch (error) {
      await takeBack(group, cleanup);
      throw error;
    }
  }

  async enable(event: string, isOn: boolean): Promise<void> {
    await writeFile(join(this.#events, event, 'enable'), isOn ? '1' : '0');
  }

  /** In the kernel's language of filters, such as `mode == 8`; `0` = all of them. */
  async filter(event: string, condition: string): Promise<void> {
    await writeFile(join(this.#events, event, 'filter'), condition);
  }

  /**
   * The whole lines that have come since the last time. Where they come as fast as they can be read there is no end of them: after
   * `ms` milliseconds this one has had its turn, and `isMore` says that there may be more.
   */
  lines(ms: number): { readonly lines: string[]; readonly isMore: boolean } {
    const untilMs = monotonicMs() + ms;
    let isMore = true;
    let text = this.#rest;
    while (isMore && monotonicMs() < untilMs) {
      const bytes = this.#readSome();
      isMore = bytes > 0;
      if (isMore) text += this.#buffer.toString('latin1', 0, bytes);
    }
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    return { lines, isMore };
  }

  /** @returns how many bytes are in the buffer; 0 = there is nothing to read */
  #readSome(): number {
    try {
      return readSync(this.#fd, this.#buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      return 0;
    }
  }

  /** How many events the kernel had to throw away. */
  async lost(): Promise<number> {
    const cpus = await readdir(join(this.#dir, 'per_cpu'));
    const stats = await Promise.all(
      cpus.map((cpu) => readFile(join(this.#dir, 'per_cpu', cpu, 'stats'), 'utf8')),
    );
    const counts = stats.flatMap((text) => [...text.matchAll(/^(?:overrun|dropped events): (\d+)$/gm)]);
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Takes everything back. @throws what could not be */
  async close(): Promise<void> {
    const [first] = await takeBack(this.#group, this.#cleanup);
    if (first) throw new Error(`${first.label}: ${asError(first.error).message}`);
  }
}

/** The claim stays on what could not be taken back, so that it is found once this process is gone. */
async function takeBack(group: string, cleanup: Cleanup): ReturnType<Cleanup['run']> {
  const failures = await cleanup.run();
  if (failures.length === 0) await unclaimGroup(group);
  return failures;
}
