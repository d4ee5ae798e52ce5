import { monotonicMs } from './clock.ts';

/** The time of one run: milliseconds since its zero, on the clock that all processes of the machine share. */
export class RunClock {
  /** The zero on `monotonicMs`. */
  readonly zeroMs: number = monotonicMs();
  /** The zero as ISO 8601 UTC. */
  readonly startedAt: string = new Date().toISOString();

  now(): number {
    return this.at(monotonicMs());
  }

  /** A moment of `monotonicMs` in this run. */
  at(ms: number): number {
    return ms - this.zeroMs;
  }
}
