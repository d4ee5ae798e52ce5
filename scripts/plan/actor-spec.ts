/** docs/actors.md tells what each does. */
export const ACTOR_KINDS = [
  'long-reader',
  'idle-in-transaction',
  'dump',
  'vacuum',
  'hot-rows',
  'second-migration',
  'churn',
] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** Somebody besides the app who works on the database while the plan runs. */
export interface ActorSpec {
  /** Unique within the rehearsal. */
  readonly name: string;
  readonly kind: ActorKind;
  /** The step that it begins shortly before; undefined = as its kind does, see actors.ts. */
  readonly startAt?: string;
  /** How long it goes on, at most to the end of the plan; undefined = as its kind does, see actors.ts. */
  readonly forMs?: number;
  /** May be schema-qualified; undefined = chosen from what the plan changes. */
  readonly table?: string;
}
