import type { ProbeRecord } from '../artifacts/records.ts';
import type { NdjsonWriter } from '../shared/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';

/** A probe that gets no answer for so long is dead, and says so, instead of holding up the run. */
export const PROBE_TIMEOUT_MS = 30_000;

/** Writes the life of the probes: one that has no `stopped` line makes the verdict inconclusive. */
export class ProbeLife {
  readonly #writer: NdjsonWriter<ProbeRecord>;
  readonly #clock: RunClock;

  constructor(writer: NdjsonWriter<ProbeRecord>, clock: RunClock) {
    this.#writer = writer;
    this.#clock = clock;
  }

  note(probe: ProbeRecord['probe'], event: ProbeRecord['event'], message: string | null = null): void {
    this.#writer.write({ probe, event, tMs: this.#clock.now(), message });
  }
}
