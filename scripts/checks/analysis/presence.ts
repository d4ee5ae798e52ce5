import type { ActorKind } from '../../plan/model.ts';
import type { ActorEvent, ActorRecord } from '../../artifacts/records/actor-record.ts';
import { groupBy } from '../../shared/group-by.ts';

/** One of those who kept the plan company. */
export interface Presence {
  readonly actor: string;
  readonly kind: ActorKind;
  /** The step that it was to begin before. */
  readonly step: string | null;
  /** How long it meant to stay; null = to the end of the plan. */
  readonly plannedMs: number | null;
  /** Null where it never came. */
  readonly fromMs: number | null;
  /** When it left, or the last that is known of a run that was cut off; null where it never came. */
  readonly toMs: number | null;
  /** `absent`: its step was never reached, or nothing tells whether it came. */
  readonly ending: 'stopped' | 'failed' | 'cut off' | 'absent';
  /** Why it failed, or what it did. */
  readonly message: string | null;
}

/** In the order of the scenario. */
export function presences(records: readonly ActorRecord[], lastMs: number): Presence[] {
  return [...groupBy(records, ({ actor }) => actor).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const planned = own.find((record) => record.event === 'planned');
    const started = own.find(({ event }) => event === 'started');
    const end = own.findLast(isEnd);
    const open = started === undefined ? 'absent' : 'cut off';
    return {
      actor: first.actor,
      kind: first.kind,
      step: planned?.step ?? null,
      plannedMs: planned?.forMs ?? null,
      fromMs: started?.tMs ?? null,
      toMs: started === undefined ? null : (end?.tMs ?? Math.max(lastMs, started.tMs)),
      ending: end?.event ?? open,
      message: end?.message ?? null,
    };
  });
}

type End = ActorEvent & { readonly event: 'stopped' | 'failed' };

function isEnd(record: ActorRecord): record is End {
  return record.event === 'stopped' || record.event === 'failed';
}
