import type { ActorSpec } from './actor-spec.ts';
import type { Cut, SqlFile, Step } from './steps.ts';

/** One of several ways to do the same change. */
export interface NamedPlan {
  /** Unique within the rehearsal. */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** The plan in one company: `quiet` is the app's traffic and nobody else. */
export interface Scenario {
  /** Unique within the rehearsal. */
  readonly name: string;
  readonly actors: readonly ActorSpec[];
  /** Which of the rehearsal's `plans` is played; absent where it has one plan. */
  readonly planName?: string;
  /** The plan is not played to its end: it goes back when this step has ended. */
  readonly backFrom?: string;
  /** Questions of the author's for when it has gone back: each statement must return no rows. */
  readonly askedAfter?: readonly SqlFile[];
  /** Steps are cut off in their middle, and run again. */
  readonly interruption?: Interruption;
}

export interface Interruption {
  readonly how: Cut;
  /** Names of the steps that are cut off. */
  readonly steps: readonly string[];
}

/** One playing of the whole plan, of the several that a run may have. */
export interface PlannedPlaying {
  /** In order of time, from 1. */
  readonly index: number;
  /** Name of its scenario. */
  readonly scenario: string;
  /** From 1, counted for each scenario by itself. */
  readonly repetition: number;
  /** Which of the rehearsal's `plans`; absent where it has one plan. */
  readonly planName?: string;
  /** The step that the plan turns around behind; absent where it is played to its end. */
  readonly backFrom?: string;
  /** How its steps are cut off; absent where nobody does. */
  readonly cut?: Cut;
}
