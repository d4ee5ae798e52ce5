import { z } from 'zod';
import { ACTOR_KINDS } from '../../plan/model.ts';
import { moment, number, text } from './primitives.ts';

const ActorBase = z.object({
  actor: text,
  kind: z.enum(ACTOR_KINDS),
  tMs: moment,
});

const PlannedActor = z.object({
  ...ActorBase.shape,
  event: z.literal('planned'),
  /** It begins shortly before this step. */
  step: text.nullable(),
  /** How long it means to stay; null = to the end of the plan. */
  forMs: number.nullable(),
});

export const ActorEvent = z.object({
  ...ActorBase.shape,
  /** `started`: it is in place, with its lock where it keeps one. */
  event: z.enum(['started', 'stopped', 'failed']),
  /** Without row values. */
  message: text.nullable(),
});
export type ActorEvent = z.infer<typeof ActorEvent>;

/**
 * artifacts/actors.ndjson: who kept the plan company. Every actor of the scenario begins with `planned`. One that started and
 * has no end was cut off with the run; one that never started came too late for the plan, or its step was not reached.
 */
export const ActorRecord = z.discriminatedUnion('event', [PlannedActor, ActorEvent]);
export type ActorRecord = z.infer<typeof ActorRecord>;
