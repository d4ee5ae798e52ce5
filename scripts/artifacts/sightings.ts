import type { OutsideLockRecord, SessionFacts, WaitRecord } from './records/records.ts';
import type { RunFolder } from './run-folder.ts';
import type {
  Gone,
  LockStreamRecord,
  LookGap,
  Seen,
  Sighted,
  SightingRecord,
  WaitStreamRecord,
} from './records/sighting-records.ts';

/** Who waited, of a run that may be of an older version; undefined where it was never written. */
export async function readWaits(folder: RunFolder): Promise<WaitRecord[] | undefined> {
  const records = await folder.read('waits');
  return records && waitsSeen(records);
}

/** Which locks were seen from outside, likewise. */
export async function readLocks(folder: RunFolder): Promise<OutsideLockRecord[] | undefined> {
  const records = await folder.read('locks');
  return records && locksSeen(records);
}

/** In order of their first look. What a session did stands with the wait that was told of before it. */
export function waitsSeen(records: readonly (WaitStreamRecord | WaitRecord)[]): WaitRecord[] {
  const sightings = new Sightings<WaitRecord>();
  const told = new Map<WaitRecord | undefined, SessionFacts[]>();
  for (const record of records) {
    if (!('type' in record)) sightings.add(record);
    else if (record.type === 'session') {
      const own = told.get(sightings.last);
      if (own === undefined) told.set(sightings.last, [record]);
      else own.push(record);
    } else sightings.take(record);
  }
  return sightings.all().map((record) => {
    const sessions = told.get(record);
    return sessions === undefined ? record : { ...record, sessions };
  });
}

/**
 * In order of their first look. A lock that was there before and behind a gap of looking may have been given back meanwhile, and is
 * two.
 */
export function locksSeen(records: readonly (LockStreamRecord | OutsideLockRecord)[]): OutsideLockRecord[] {
  const sightings = new Sightings<OutsideLockRecord>();
  for (const record of records) {
    if ('type' in record) sightings.take(record);
    else sightings.add(record);
  }
  return sightings.all().flatMap((record) => withoutGaps(record, sightings.gaps));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Puts together what a stream tells in parts. */
class Sightings<T extends Sighted> {
  readonly gaps: LookGap[] = [];
  readonly #all: T[] = [];
  readonly #open = new Map<number, Mutable<Sighted>>();
  #lookMs = -Infinity;

  get last(): T | undefined {
    return this.#all.at(-1);
  }

  add(record: T): void {
    this.#all.push(record);
  }

  take(record: SightingRecord<T>): void {
    this.#lookMs = Math.max(this.#lookMs, record.tMs);
    if (record.type === 'gap') this.gaps.push(record);
    else if (record.type === 'gone') this.#end(record);
    else if (record.type === 'seen') {
      const seen: Mutable<Seen<T>> = { ...record };
      this.#all.push(seen);
      this.#open.set(seen.id, seen);
    }
  }

  /** What nobody saw the end of was seen until the last look. */
  all(): T[] {
    for (const seen of this.#open.values()) seen.lastMs = this.#lookMs;
    return this.#all.toSorted((a, b) => a.tMs - b.tMs);
  }

  #end({ tMs, lastMs, ids }: Gone): void {
    for (const id of ids) {
      const seen = this.#open.get(id);
      if (seen === undefined) continue;
      seen.lastMs = Math.max(seen.tMs, lastMs);
      if (tMs > lastMs) seen.goneMs = tMs;
      this.#open.delete(id);
    }
  }
}

/** The same in as many parts as there are gaps in it. */
function withoutGaps<T extends Sighted>(record: T, gaps: readonly LookGap[]): T[] {
  const { tMs, lastMs = tMs } = record;
  const within = gaps.filter((gap) => gap.fromMs >= tMs && gap.tMs <= lastMs);
  if (within.length === 0) return [record];
  const begins = [tMs, ...within.map((gap) => gap.tMs)];
  const ends = [...within.map(({ fromMs }) => fromMs), lastMs];
  return begins.map((beginMs, part) => ({ ...record, tMs: beginMs, lastMs: ends[part] ?? lastMs }));
}
