import type { ProbeRecord } from '../artifacts/records/records.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';

/** Writes the life of the probes: one that has no `stopped` line makes the verdict inconclusive. */
export class ProbeLife {
  readonly #writer: NdjsonWriter<ProbeRecord>;
  readonly #clock: RunClock;
  /** Aborts when the run is cut off: from then on no probe has to come back. */
  readonly cutOff: AbortSignal;

  constructor(writer: NdjsonWriter<ProbeRecord>, clock: RunClock, cutOff: AbortSignal) {
    this.#writer = writer;
    this.#clock = clock;
    this.cutOff = cutOff;
  }

  note(probe: ProbeRecord['probe'], event: ProbeRecord['event'], message: string | null = null): void {
    this.#writer.write({ probe, event, tMs: this.#clock.now(), message });
  }

  /** It was away until now, and what happened meanwhile is not known. */
  gap(probe: ProbeRecord['probe'], awayMs: number, message: string): void {
    this.#writer.write({ probe, event: 'gap', tMs: this.#clock.now(), message, awayMs });
  }
}
