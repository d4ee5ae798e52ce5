import type { RunEvent } from '../../engine/events.ts';
import { monotonicMs } from '../../shared/clock.ts';
import { formatMs } from '../../shared/text/format.ts';

/** How long a run takes around the plan itself: until its first step starts, and from its last one until all is gone. */
export class Pace {
  readonly #startedMs = monotonicMs();
  #firstStepMs: number | undefined;
  #lastStepMs: number | undefined;
  #emptyMs: number | undefined;

  onEvent(event: RunEvent): void {
    const nowMs = monotonicMs();
    if (event.type === 'step') {
      if (event.state === 'started') this.#firstStepMs ??= nowMs;
      if (event.state === 'done' || event.state === 'failed') this.#lastStepMs = nowMs;
    }
    if (event.type === 'stage' && event.stage === 'teardown' && event.state === 'done') this.#emptyMs = nowMs;
  }

  /** One line, or none where the plan never started. */
  lines(): string[] {
    if (this.#firstStepMs === undefined || this.#lastStepMs === undefined) return [];
    const before = `${formatMs(this.#firstStepMs - this.#startedMs)} from start to first statement`;
    if (this.#emptyMs === undefined) return [before];
    return [`${before}, ${formatMs(this.#emptyMs - this.#lastStepMs)} from last statement to empty`];
  }
}
