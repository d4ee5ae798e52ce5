import type { SessionRole } from './session-role.ts';

/*
 * waits.ndjson and locks.ndjson tell what looks from outside saw, but only what changed from one look to the next: four hundred
 * sessions that stand still are written once. Runs of older versions have each look in full, as records without a type.
 */

/** Something that one look or several in a row saw alike. */
export interface Sighted {
  /** The first look that saw it so. */
  readonly tMs: number;
  /** The last one. Absent: the first was the only one. */
  readonly lastMs?: number;
  /** The first look that no longer saw it so. Absent: none is known. */
  readonly goneMs?: number;
}

/** The last look that saw it. */
export function lastLookMs({ tMs, lastMs = tMs }: Sighted): number {
  return lastMs;
}

/** One session seen waiting for a lock, by one look or by several in a row that saw the same. */
export interface WaitRecord extends Sighted {
  readonly pid: number;
  readonly role: SessionRole;
  /** `schema.name`; null for a lock that is not on a relation (row locks show as transactionid or tuple). */
  readonly relation: string | null;
  readonly locktype: string;
  readonly mode: string;
  /** When the wait began (pg_locks.waitstart), as exact as the moment of the look is known. */
  readonly sinceMs: number;
  /** The same on the server's clock, which tells one wait from the next. Absent for a moment after it began. */
  readonly waitStartMs?: number;
  /** All but those that `after` stands for. */
  readonly blockedBy: readonly { readonly pid: number; readonly role: SessionRole }[];
  /**
   * It is next to this session of the app in a queue: it also waits for that one, and for all of the app that that one waits for.
   * So a queue of n sessions is n facts and not n².
   */
  readonly after?: number;
  /** Blockers that were not seen before, or do something else by now. */
  readonly sessions?: readonly SessionFacts[];
}

/** A session that others waited for, as pg_stat_activity showed it. */
export interface SessionFacts {
  readonly pid: number;
  readonly applicationName: string;
  /** Such as `active` or `idle in transaction`; null where the server does not tell. */
  readonly state: string | null;
  /** Its last statement with constants as `$1`, without comments; null where the server does not tell. */
  readonly query: string | null;
  /** Age of its transaction at that moment. */
  readonly transactionMs: number | null;
  /** When it was told. Absent: by the look of the record that it stands in. */
  readonly tMs?: number;
}

/** A lock of the migration as seen from outside (statements that cannot run in a transaction). */
export interface OutsideLockRecord extends Sighted {
  readonly pid: number;
  readonly step: string;
  readonly relation: string;
  readonly mode: string;
  readonly granted: boolean;
}

/** A look that saw something for the first time, or otherwise than the look before it. Holds until `gone` names its id. */
export type Seen<T> = T & { readonly type: 'seen'; readonly id: number };

/** The look at `tMs` no longer saw these, or saw them otherwise; the last one that did was at `lastMs`. */
export interface Gone {
  readonly type: 'gone';
  readonly tMs: number;
  readonly lastMs: number;
  readonly ids: readonly number[];
}

/** A look that saw what the one before saw; told of one now and then, so that a stream that was cut off has an end. */
interface SameLook {
  readonly type: 'same';
  readonly tMs: number;
}

/** Between these looks was none for longer than LONGEST_LOOK_MS: what went on meanwhile is not known. */
export interface LookGap {
  readonly type: 'gap';
  readonly fromMs: number;
  readonly tMs: number;
}

/** What a session did that others waited for; told when it is new or changed. */
interface ToldFacts extends SessionFacts {
  readonly type: 'session';
  readonly tMs: number;
}

export type SightingRecord<T> = Seen<T> | Gone | SameLook | LookGap;
/** artifacts/waits.ndjson */
export type WaitStreamRecord = SightingRecord<WaitRecord> | ToldFacts;
/** artifacts/locks.ndjson */
export type LockStreamRecord = SightingRecord<OutsideLockRecord>;
