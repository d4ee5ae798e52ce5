import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import { monotonicMs, sleep } from '../../shared/clock.ts';
import { asError, RehearsalError } from '../../shared/errors.ts';
import type { LoadWorker } from '../load-process.ts';
import type { FromLoad, ToLoad } from '../messages.ts';
import { Silence, SILENT_SEC } from '../silence.ts';
import { ClockTie } from './clock-tie.ts';
import { frameOf, FrameReader } from './frames.ts';
import type { FromHost, ToHost } from './host-messages.ts';
import type { LoadHost } from './load-host.ts';
import { onClock } from './on-clock.ts';
import { secureSocket } from './secure-socket.ts';

const CONNECT_MS = 10_000;
const TIE_EVERY_MS = 1_000;
const ASKED_AT_A_TIME = 5;
const NEWLINE = /\n/g;

/**
 * A load process of another driver host. All moments that go there and come back are of this host's clock for whoever uses this; its
 * requests are appended to the file that its order names.
 */
export class RemoteProcess implements LoadWorker {
  readonly pid = undefined;
  readonly died: AbortSignal;
  readonly #died = new AbortController();
  readonly #host: LoadHost;
  readonly #socket: TLSSocket;
  readonly #closed: Promise<void>;
  readonly #tie = new ClockTie();
  readonly #silence: Silence;
  readonly #onMessage: (message: FromLoad) => void;
  /** One message after the other, as soon as the clocks are tied. */
  #sending: Promise<void>;
  /** One piece of its rows after the other. */
  #writing: Promise<void> = Promise.resolve();
  #file: FileHandle | undefined;
  #answer: ((theirsMs: number) => void) | undefined;
  /** Of the run on our clock, and on theirs as the process has it. */
  #zeroMs: { readonly ours: number; readonly theirs: number } | undefined;
  #expected = false;
  #requests = 0;
  #clockErrorMs = 0;

  constructor(host: LoadHost, key: string, onMessage: (message: FromLoad) => void) {
    this.#host = host;
    this.#onMessage = onMessage;
    this.died = this.#died.signal;
    this.#silence = new Silence(() => {
      this.#fail(`it was not heard for ${SILENT_SEC} s`);
    });
    this.#socket = secureSocket(host, key);
    const reader = new FrameReader();
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(CONNECT_MS, () =>
      this.#socket.destroy(new Error(`no answer within ${CONNECT_MS / 1000} s`)),
    );
    this.#socket.once('secureConnect', () => this.#socket.setTimeout(0));
    this.#socket.on('error', (error: Error) => {
      this.#fail(error.message);
    });
    this.#socket.on('data', (piece: Buffer) => {
      try {
        for (const message of reader.push(piece)) this.#hear(message as FromHost);
      } catch (error) {
        this.#socket.destroy(asError(error));
      }
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.#silence.stop();
        this.#fail('its connection ended');
        void this.#writing.catch(() => undefined).then(() => this.#file?.close());
        resolve();
      });
    });
    this.#sending = this.#begin();
    this.#sending.catch((error: unknown) => {
      this.#fail(asError(error).message);
    });
  }

  /** Which host, how many requests came from there, and by how much their times may be wrong. */
  get facts(): { readonly host: string; readonly requests: number; readonly clockErrorMs: number } {
    return { host: this.#host.name, requests: this.#requests, clockErrorMs: this.#clockErrorMs };
  }

  send(message: ToLoad): void {
    this.#sending = this.#sending.then(() => {
      this.#write(this.#onTheirClock(message));
    });
    this.#sending.catch(() => undefined); // told by `died`
  }

  async expectExit(): Promise<void> {
    this.#expected = true;
    this.#socket.end();
    await this.#closed;
  }

  kill(): void {
    this.#expected = true;
    this.#silence.stop();
    this.#socket.destroy();
  }

  async #begin(): Promise<void> {
    await once(this.#socket, 'secureConnect', { signal: this.died });
    await this.#askClock();
    this.#keepTied().catch(() => undefined); // until it has ended
  }

  async #keepTied(): Promise<void> {
    while (!this.#socket.closed) {
      await sleep(TIE_EVERY_MS, this.died);
      this.#noteClockError();
      await this.#askClock();
      if (this.#zeroMs) this.#write({ type: 'zero', zeroMs: this.#zeroMs.ours + this.#tie.aheadMs });
    }
  }

  async #askClock(): Promise<void> {
    for (let asked = 0; asked < ASKED_AT_A_TIME && !this.#socket.closed; asked++) {
      const askedMs = monotonicMs();
      const answered = new Promise<void>((resolve) => {
        this.#answer = (theirsMs) => {
          this.#tie.add({ askedMs, answeredMs: monotonicMs(), theirsMs });
          resolve();
        };
      });
      this.#write({ type: 'ask-clock' });
      await Promise.race([answered, this.#closed]);
    }
  }

  #onTheirClock(message: ToLoad): ToLoad {
    const { aheadMs } = this.#tie;
    if (message.type === 'arrive') return { ...message, startMs: message.startMs + aheadMs };
    if (message.type !== 'start') return message;
    const { order } = message;
    const zeroMs = order.zeroMs + aheadMs;
    this.#zeroMs = { ours: order.zeroMs, theirs: zeroMs };
    this.#writing = open(order.requestsPath, 'a').then((file) => void (this.#file = file));
    this.#writing.catch((error: unknown) => {
      this.#fail(asError(error).message);
    });
    return { ...message, order: { ...order, zeroMs } };
  }

  #hear(message: FromHost): void {
    this.#silence.heard();
    switch (message.type) {
      case 'clock':
        this.#answer?.(message.nowMs);
        break;
      case 'rows':
        this.#keep(message.text);
        break;
      case 'failed':
        this.#fail(message.message, message.code);
        break;
      case 'stopped':
        // All its rows were here before it.
        this.#writing.then(
          () => {
            this.#onMessage(message);
          },
          () => undefined,
        );
        break;
      case 'looked':
      case 'look-failed':
        break; // asked for by a connection of its own
      case 'ready':
      case 'measured':
      case 'event':
      case 'session':
      case 'second':
      case 'shares-set':
      case 'maintenance-set':
        this.#onMessage(this.#onOurClock(message));
    }
  }

  #onOurClock(message: FromLoad): FromLoad {
    const { aheadMs } = this.#tie;
    const { ours = 0, theirs = aheadMs } = this.#zeroMs ?? {};
    return onClock(message, { shiftMs: theirs - ours - aheadMs, clockMs: -aheadMs });
  }

  /** The times of its rows were brought to our clock where they come from. */
  #keep(text: string): void {
    this.#requests += text.match(NEWLINE)?.length ?? 0;
    this.#noteClockError();
    const bytes = Buffer.from(text);
    this.#writing = this.#writing.then(async () => {
      // Whole lines in one call, as everybody who appends to the file.
      for (let done = 0; done < bytes.length && this.#file;)
        done += (await this.#file.write(bytes, done)).bytesWritten;
    });
    this.#writing.catch((error: unknown) => {
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      this.#fail(asError(error).message, full ? 'DISK_FULL' : 'LOAD_DIED');
    });
  }

  #noteClockError(): void {
    this.#clockErrorMs = Math.max(this.#clockErrorMs, this.#tie.errorMs(monotonicMs()));
  }

  #write(message: ToHost): void {
    if (this.#socket.writable) this.#socket.write(frameOf(message));
  }

  #fail(why: string, code: RehearsalError['code'] = 'LOAD_DIED'): void {
    if (this.#expected || this.died.aborted) return;
    const { name, address, port } = this.#host;
    this.#died.abort(
      new RehearsalError(code, `the load on ${name} (${address}:${port}) ended by itself: ${why}`, {
        hint: 'driver hosts of a run reach each other on the private network: is a firewall between them, or did its host end?',
      }),
    );
  }
}
