import type { ActorKind } from '../../plan/model.ts';

/**
 * artifacts/actors.ndjson: who kept the plan company. Every actor of the scenario begins with `planned`. One that started and
 * has no end was cut off with the run; one that never started came too late for the plan, or its step was not reached.
 */
export type ActorRecord = PlannedActor | ActorEvent;

interface ActorBase {
  readonly actor: string;
  readonly kind: ActorKind;
  readonly tMs: number;
}

interface PlannedActor extends ActorBase {
  readonly event: 'planned';
  /** It begins shortly before this step. */
  readonly step: string | null;
  /** How long it means to stay; null = to the end of the plan. */
  readonly forMs: number | null;
}

export interface ActorEvent extends ActorBase {
  /** `started`: it is in place, with its lock where it keeps one. */
  readonly event: 'started' | 'stopped' | 'failed';
  /** Without row values. */
  readonly message: string | null;
}
