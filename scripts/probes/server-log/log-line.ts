import { LOCK_MODES } from '../../tracing/lock-tags.ts';

/** Time in epoch seconds with milliseconds, and the backend: all that is needed of a line that is not about a lock. */
export const LOG_LINE_PREFIX = '%n [%p] ';

/** What a line of the server's log says about a wait for a lock. Nothing else of a line is ever kept. */
export interface LockLine {
  readonly pid: number;
  /** By the server's clock, milliseconds since 1970, cut off to whole ones. */
  readonly epochMs: number;
  /** `failed`: an error ended whatever the backend did. */
  readonly event: 'waiting' | 'acquired' | 'failed';
  /** How long the wait has lasted, to the microsecond. */
  readonly waitedMs: number;
  readonly locktype: string;
  readonly mode: string;
  /** 0 where the lock is not on an object of a database. */
  readonly databaseOid: number;
  /** Null for a lock that is not on a relation. */
  readonly relationOid: number | null;
}

const LINE = /^(\d+\.\d{3}) \[(\d+)\] (LOG|ERROR|FATAL): {2}(.*)$/;
/** ProcSleep in src/backend/storage/lmgr/proc.c; a lock that is taken while a statement is parsed adds the place in its text. */
const WAIT =
  /^process (\d+) (still waiting for|acquired) (\w+) on (.+) after (\d+\.\d{3}) ms(?: at character \d+)?$/;
/** DescribeLockTag in src/backend/storage/lmgr/lmgr.c: those that name a relation. */
const OF_RELATION: readonly (readonly [string, RegExp])[] = [
  ['relation', /^relation (\d+) of database (\d+)$/],
  ['extend', /^extension of relation (\d+) of database (\d+)$/],
  ['page', /^page \d+ of relation (\d+) of database (\d+)$/],
  ['tuple', /^tuple \(\d+,\d+\) in relation (\d+) of database (\d+)$/],
];
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['transactionid', /^transaction \d+$/],
  ['virtualxid', /^virtual transaction /],
  ['advisory', /^advisory lock /],
  ['object', /^object /],
];

/** Undefined for a line that says nothing about a wait. */
export function parseLockLine(line: string): LockLine | undefined {
  const [, seconds, pid, level, message = ''] = LINE.exec(line) ?? [];
  if (seconds === undefined) return undefined;
  const place = { pid: Number(pid), epochMs: Math.round(Number(seconds) * 1000) };
  const nothing = { waitedMs: 0, locktype: '', mode: '', databaseOid: 0, relationOid: null };
  if (level !== 'LOG') return { ...place, ...nothing, event: 'failed' };
  const [, waiter, verb, mode = '', lock = '', waited] = WAIT.exec(message) ?? [];
  // A STATEMENT or an application's name can only imitate this with a pid of its own.
  if (waiter === undefined || Number(waiter) !== place.pid || !isMode(mode)) return undefined;
  return {
    ...place,
    event: verb === 'acquired' ? 'acquired' : 'waiting',
    waitedMs: Number(waited),
    mode,
    ...target(lock),
  };
}

function isMode(mode: string): boolean {
  return mode !== '' && LOCK_MODES.some((known) => known === mode);
}

function target(lock: string): Pick<LockLine, 'locktype' | 'databaseOid' | 'relationOid'> {
  for (const [locktype, pattern] of OF_RELATION) {
    const [, relation, database] = pattern.exec(lock) ?? [];
    if (relation !== undefined)
      return { locktype, relationOid: Number(relation), databaseOid: Number(database) };
  }
  const other = OTHERS.find(([, pattern]) => pattern.test(lock));
  return { locktype: other?.[0] ?? 'other', relationOid: null, databaseOid: 0 };
}
