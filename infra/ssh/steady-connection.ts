import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import type { SshAccess } from './access.ts';
import { connectSsh, SshRefused } from './connect.ts';
import { ConnectionLost, OpenConnection } from './open-connection.ts';

/** How patient a connection is, in milliseconds. */
export interface Patience {
  /** A silent host is asked after each of these, and given up after three. */
  readonly keepaliveMs: number;
  /** For one attempt to connect. */
  readonly dialMs: number;
  /** The pause before the second attempt; each next one is twice as long, up to `longestPauseMs`. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Without a single answer for so long, the host is unreachable. */
  readonly unreachableMs: number;
}

const PATIENCE: Patience = {
  keepaliveMs: 5_000,
  dialMs: 15_000,
  firstPauseMs: 250,
  longestPauseMs: 5_000,
  unreachableMs: 60_000,
};

export interface SteadyOptions {
  /** Ends the connection and everything that uses it, at once. */
  readonly signal: AbortSignal;
  /** Told when the connection breaks and when it is back. */
  readonly onNote?: (message: string) => void;
  readonly patience?: Partial<Patience>;
}

/** A connection that is opened again whenever it breaks. */
export class SteadyConnection {
  readonly #access: SshAccess;
  readonly #patience: Patience;
  readonly #onNote: (message: string) => void;
  readonly #closed = new AbortController();
  /** The caller's; and that, or `close`. */
  readonly #outer: AbortSignal;
  readonly #signal: AbortSignal;
  #current: { readonly connection: OpenConnection; readonly sinceMs: number } | undefined;
  #dialling: Promise<OpenConnection> | undefined;
  /** Since when the host has not answered; undefined while it does. */
  #silentSinceMs: number | undefined;
  #attempts = 0;
  #lastError: Error | undefined;

  constructor(access: SshAccess, { signal, onNote, patience }: SteadyOptions) {
    this.#access = access;
    this.#patience = { ...PATIENCE, ...patience };
    this.#onNote = onNote ?? (() => undefined);
    this.#outer = signal;
    this.#signal = AbortSignal.any([signal, this.#closed.signal]);
  }

  /**
   * Runs `work` on a live connection, and again on a new one when it breaks: `work` must be able to start over, or to go
   * on from what it finds on the host.
   * @throws HOST_UNREACHABLE, the signal's reason, or what `work` throws
   */
  async use<T>(work: (connection: OpenConnection) => Promise<T>): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted();
      const connection = await this.#open();
      try {
        return await work(connection);
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof ConnectionLost)) throw error;
        this.#noteLoss(connection, error);
      }
    }
  }

  /** Ends it for good; whatever still uses it is told so. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the connection was closed by this side'));
    await this.#dialling?.catch(() => undefined);
    await this.#current?.connection.end();
  }

  async #open(): Promise<OpenConnection> {
    if (this.#current && !this.#current.connection.isLost) return this.#current.connection;
    this.#dialling ??= this.#dial().finally(() => (this.#dialling = undefined));
    return this.#dialling;
  }

  async #dial(): Promise<OpenConnection> {
    const { dialMs, keepaliveMs } = this.#patience;
    for (;;) {
      await this.#pause();
      try {
        const options = { signal: this.#signal, timeoutMs: dialMs, keepaliveMs };
        const client = await connectSsh(this.#access, options);
        const connection = new OpenConnection(client, this.#noteAnswer);
        const forget = connection.dropOn(this.#outer);
        void connection.ended.then(forget);
        this.#current = { connection, sinceMs: monotonicMs() };
        return connection;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (error instanceof SshRefused) throw error;
        this.#noteSilence(asError(error));
      }
    }
  }

  /** None before the first attempt; then longer ones, until the host counts as unreachable. */
  async #pause(): Promise<void> {
    const { firstPauseMs, longestPauseMs, unreachableMs } = this.#patience;
    const silentMs = this.#silentSinceMs === undefined ? 0 : monotonicMs() - this.#silentSinceMs;
    if (silentMs >= unreachableMs) throw this.#unreachable(silentMs);
    if (this.#attempts > 0) {
      const pauseMs = Math.min(firstPauseMs * 2 ** (this.#attempts - 1), longestPauseMs);
      await sleep(Math.min(pauseMs, unreachableMs - silentMs), this.#signal);
    }
    this.#attempts += 1;
  }

  #unreachable(silentMs: number): RehearsalError {
    const { host, port } = this.#access;
    const cause = this.#lastError;
    this.#silentSinceMs = undefined; // a later use may try again
    return new RehearsalError(
      'HOST_UNREACHABLE',
      `${host}:${port} has not answered for ${(silentMs / 1000).toFixed(0)} s: ${cause?.message ?? ''}`,
      {
        hint: 'look with `rehearse list` whether the host is still there; what ran on it may still run',
        cause,
      },
    );
  }

  #noteLoss(connection: OpenConnection, error: Error): void {
    const current = this.#current;
    if (current?.connection !== connection) return; // another user of it was first
    this.#current = undefined;
    // A host that kept the connection alive for so long was there, even if it gave no answer.
    if (monotonicMs() - current.sinceMs > this.#patience.longestPauseMs) this.#noteAnswer();
    this.#noteSilence(error);
  }

  #noteSilence(error: Error): void {
    this.#lastError = error;
    if (this.#silentSinceMs !== undefined) return;
    this.#silentSinceMs = monotonicMs();
    this.#onNote(`no connection to ${this.#access.host} (${error.message}); connecting again`);
  }

  readonly #noteAnswer = (): void => {
    this.#attempts = 1;
    if (this.#silentSinceMs === undefined) return;
    const seconds = ((monotonicMs() - this.#silentSinceMs) / 1000).toFixed(1);
    this.#silentSinceMs = undefined;
    this.#onNote(`connected to ${this.#access.host} again after ${seconds} s`);
  };
}
