import { z } from 'zod';
import { moment, number, text } from './primitives.ts';
import { SessionRole } from './session-role.ts';

/*
 * waits.ndjson and locks.ndjson tell what looks from outside saw, but only what changed from one look to the next: four hundred
 * sessions that stand still are written once. Runs of older versions have each look in full, as records without a type.
 */

/** Something that one look or several in a row saw alike. */
const Sighted = z.object({
  /** The first look that saw it so. */
  tMs: moment,
  /** The last one. Absent: the first was the only one. */
  lastMs: moment.exactOptional(),
  /** The first look that no longer saw it so. Absent: none is known. */
  goneMs: moment.exactOptional(),
});
export type Sighted = Readonly<z.infer<typeof Sighted>>;

/** The last look that saw it. */
export function lastLookMs({ tMs, lastMs = tMs }: Sighted): number {
  return lastMs;
}

/** A session that others waited for, as pg_stat_activity showed it. */
const SessionFacts = z.object({
  pid: number,
  applicationName: text,
  /** Such as `active` or `idle in transaction`; null where the server does not tell. */
  state: text.nullable(),
  /** Its last statement with constants as `$1`, without comments; null where the server does not tell. */
  query: text.nullable(),
  /** Age of its transaction at that moment. */
  transactionMs: number.nullable(),
  /** When it was told. Absent: by the look of the record that it stands in. */
  tMs: moment.exactOptional(),
});
export type SessionFacts = z.infer<typeof SessionFacts>;

/** One session seen waiting for a lock, by one look or by several in a row that saw the same. */
const WaitRecord = z.object({
  ...Sighted.shape,
  pid: number,
  role: SessionRole,
  /** `schema.name`; null for a lock that is not on a relation (row locks show as transactionid or tuple). */
  relation: text.nullable(),
  locktype: text,
  mode: text,
  /** When the wait began (pg_locks.waitstart), as exact as the moment of the look is known. */
  sinceMs: moment,
  /** The same on the server's clock, which tells one wait from the next. Absent for a moment after it began. */
  waitStartMs: number.exactOptional(),
  /** All but those that `after` stands for. */
  blockedBy: z.array(z.object({ pid: number, role: SessionRole })).readonly(),
  /**
   * It is next to this session of the app in a queue: it also waits for that one, and for all of the app that that one waits for.
   * So a queue of n sessions is n facts and not n².
   */
  after: number.exactOptional(),
  /** Blockers that were not seen before, or do something else by now. */
  sessions: z.array(SessionFacts).readonly().exactOptional(),
});
export type WaitRecord = Readonly<z.infer<typeof WaitRecord>>;

/** A lock of the migration as seen from outside (statements that cannot run in a transaction). */
const OutsideLockRecord = z.object({
  ...Sighted.shape,
  pid: number,
  step: text,
  relation: text,
  mode: text,
  granted: z.boolean(),
});
export type OutsideLockRecord = Readonly<z.infer<typeof OutsideLockRecord>>;

/** A look that saw something for the first time, or otherwise than the look before it. Holds until `gone` names its id. */
const seen = { type: z.literal('seen'), id: number };
export type Seen<T> = T & { readonly type: 'seen'; readonly id: number };

/** The look at `tMs` no longer saw these, or saw them otherwise; the last one that did was at `lastMs`. */
const Gone = z.object({
  type: z.literal('gone'),
  tMs: moment,
  lastMs: moment,
  ids: z.array(number).readonly(),
});
export type Gone = z.infer<typeof Gone>;

/** A look that saw what the one before saw; told of one now and then, so that a stream that was cut off has an end. */
const SameLook = z.object({ type: z.literal('same'), tMs: moment });
type SameLook = z.infer<typeof SameLook>;

/** Between these looks was none for longer than LONGEST_LOOK_MS: what went on meanwhile is not known. */
const LookGap = z.object({ type: z.literal('gap'), fromMs: moment, tMs: moment });
export type LookGap = z.infer<typeof LookGap>;

/** What a session did that others waited for; told when it is new or changed. */
const ToldFacts = z.object({ ...SessionFacts.shape, type: z.literal('session'), tMs: moment });
type ToldFacts = z.infer<typeof ToldFacts>;

export type SightingRecord<T> = Seen<T> | Gone | SameLook | LookGap;

/** artifacts/waits.ndjson */
export const WaitStreamRecord = byType<SightingRecord<WaitRecord> | ToldFacts | WaitRecord>(
  z.discriminatedUnion('type', [WaitRecord.extend(seen), Gone, SameLook, LookGap, ToldFacts]),
  WaitRecord,
);
export type WaitStreamRecord = SightingRecord<WaitRecord> | ToldFacts;

/** artifacts/locks.ndjson */
export const LockStreamRecord = byType<SightingRecord<OutsideLockRecord> | OutsideLockRecord>(
  z.discriminatedUnion('type', [OutsideLockRecord.extend(seen), Gone, SameLook, LookGap]),
  OutsideLockRecord,
);
export type LockStreamRecord = SightingRecord<OutsideLockRecord>;

/** What changed from look to look, and of older runs each look, without a type. */
function byType<T>(told: z.ZodType, look: z.ZodType): z.ZodType<T> {
  const hasType = (record: unknown): boolean =>
    typeof record === 'object' && record !== null && 'type' in record;
  return z.custom<T>().superRefine((record, context) => {
    const { error } = (hasType(record) ? told : look).safeParse(record);
    for (const { path, message } of error?.issues ?? []) context.addIssue({ code: 'custom', path, message });
  });
}
