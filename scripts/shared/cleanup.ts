import { asError } from './errors.ts';

export interface CleanupFailure {
  readonly label: string;
  readonly error: Error;
}

/**
 * Undo steps in the order of their registration. Register the undo before the creation, then `run()` on every way out.
 */
export class Cleanup {
  readonly #steps: { label: string; release: () => Promise<void> }[] = [];

  add(label: string, release: () => Promise<void>): void {
    this.#steps.push({ label, release });
  }

  /** Releases in reverse order, never stops at a failure, and returns all of them. */
  async run(): Promise<CleanupFailure[]> {
    const failures: CleanupFailure[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.release();
      } catch (error) {
        failures.push({ label: step.label, error: asError(error) });
      }
    }
    return failures;
  }
}
