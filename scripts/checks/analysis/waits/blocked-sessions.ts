import type { SessionRole } from '../../../artifacts/records/records.ts';
import type { AttributedWait } from './attributed-waits.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { largest } from '../largest.ts';
import { mostAtOnce } from '../../../shared/intervals/intervals.ts';

/** What one disturbance did to the app's sessions. */
export interface BlockedSessions {
  /** Sum over the sessions of the time that they waited behind it. */
  readonly sessionSeconds: number;
  /** Most sessions that waited behind it at once. */
  readonly peak: number;
  readonly longestMs: number;
  /** Relations that they waited for, the most wanted first. */
  readonly relations: readonly string[];
  /** Kinds of locks that they waited for, as in pg_locks, the most wanted first. */
  readonly locktypes: readonly string[];
  /** All who waited behind it, also those who are not the app: the longest first. */
  readonly waiters: readonly Waiter[];
}

/** Sessions of one role that waited behind a disturbance. */
export interface Waiter {
  readonly role: SessionRole;
  /** Most of them at once. */
  readonly sessions: number;
  readonly sessionSeconds: number;
  readonly longestMs: number;
}

export const NONE_BLOCKED: BlockedSessions = {
  sessionSeconds: 0,
  peak: 0,
  longestMs: 0,
  relations: [],
  locktypes: [],
  waiters: [],
};

/** By index of the disturbance; those that blocked nobody are left out. */
export function blockedSessions(waits: readonly AttributedWait[]): Map<number, BlockedSessions> {
  return new Map([...groupBy(waits, ({ cause }) => cause)].map(([cause, group]) => [cause, summed(group)]));
}

function summed(all: readonly AttributedWait[]): BlockedSessions {
  const waits = all.filter(({ role }) => role === 'app');
  const { sessions: peak, sessionSeconds, longestMs } = waiterOf('app', waits);
  return {
    sessionSeconds,
    peak,
    longestMs,
    relations: mostWanted(waits.flatMap(({ relation }) => relation ?? [])),
    locktypes: mostWanted(waits.map(({ locktype }) => locktype)),
    waiters: [...groupBy(all, ({ role }) => role)]
      .map(([role, own]) => waiterOf(role, own))
      .sort((a, b) => b.sessionSeconds - a.sessionSeconds),
  };
}

function mostWanted(names: readonly string[]): string[] {
  return [...groupBy(names, (name) => name)].sort((a, b) => b[1].length - a[1].length).map(([name]) => name);
}

function waiterOf(role: SessionRole, waits: readonly AttributedWait[]): Waiter {
  const lengths = waits.map(({ fromMs, toMs }) => toMs - fromMs);
  return {
    role,
    sessions: Math.max(
      mostAtOnce(waits.flatMap(({ seen }) => seen)),
      mostAtOnce(waits.filter((wait) => wait.isExact)),
    ),
    sessionSeconds: lengths.reduce((sum, ms) => sum + ms, 0) / 1000,
    longestMs: largest(lengths),
  };
}
