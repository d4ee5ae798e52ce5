import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunClock } from '../shared/run-clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import { JOB_FILES, type DriverLine } from './protocol.ts';
import type { PublicText } from './leaving-text.ts';

const ALIVE_EVERY_MS = 5_000;

/** The news of a job: events.ndjson for the controller, `log` for whoever has to find a bug. Each line is written at once. */
export class EventLog {
  readonly #dir: string;
  readonly #events: number;
  readonly #public: PublicText;
  readonly #onFailure: (error: RehearsalError) => void;
  readonly #alive: NodeJS.Timeout;
  #closed = false;

  /** @param onFailure events.ndjson cannot be written any more */
  constructor(dir: string, text: PublicText, clock: RunClock, onFailure: (error: RehearsalError) => void) {
    this.#dir = dir;
    this.#events = openSync(join(dir, JOB_FILES.events), 'a');
    this.#public = text;
    this.#onFailure = onFailure;
    this.write({ type: 'started', startedAt: clock.startedAt });
    this.#alive = setInterval(() => {
      this.write({ type: 'alive', tMs: Math.round(clock.now()) });
    }, ALIVE_EVERY_MS);
  }

  /** After the end nobody reads any more. */
  write(line: DriverLine): void {
    if (this.#closed) return;
    try {
      writeSync(this.#events, `${this.#public.json(line)}\n`);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      const what = `the driver host cannot write ${JOB_FILES.events} (${code ?? 'unknown error'})`;
      this.#onFailure(new RehearsalError(code === 'ENOSPC' ? 'DISK_FULL' : 'DRIVER_FAILED', what, { cause }));
    }
  }

  /** A failure with its stack. */
  failure(thrown: unknown): void {
    const text = `${new Date().toISOString()} ${this.#public.stack(thrown)}\n`;
    try {
      appendFileSync(join(this.#dir, JOB_FILES.log), text, { mode: 0o600 });
    } catch {
      return; // done.json tells what it was, if anything still can
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#alive);
    closeSync(this.#events);
  }
}
