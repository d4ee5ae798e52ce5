import type { StatementRecord } from '../../artifacts/records/records.ts';
import { NONE_BLOCKED, type BlockedSessions, type Waiter } from './waits/blocked-sessions.ts';
import type { Blocker, WaitGraph } from './waits/blockers.ts';
import { groupBy } from '../../shared/group-by.ts';
import { unionMs } from '../../shared/intervals/intervals.ts';
import type { VictimCount } from './traffic/victim-count.ts';
import type { HeldLocks } from './waits/held-locks.ts';
import type { StatementTry } from './waits/windows.ts';

/** A statement over all its tries: times are those of the worst try, victims and blocked sessions those of all. */
export interface StatementAnalysis {
  /** The last try: what the statement came to in the end. */
  readonly record: StatementRecord;
  /** What its transaction held behind it, by the last try. */
  readonly held: HeldLocks;
  readonly tries: readonly StatementTry[];
  readonly waitMs: number;
  readonly holdMs: number;
  readonly blackoutMs: number;
  readonly blockingHoldMs: number;
  readonly blockingWaitMs: number;
  /** The strongest lock of the try that held longest. */
  readonly strongest: StatementTry['strongest'];
  readonly victims: VictimCount;
  readonly blocked: BlockedSessions;
  /** Roles that it waited for. */
  readonly blockedBy: readonly string[];
  /** The tree below it: whom it waited for, and for whom those waited. */
  readonly blockers: readonly Blocker[];
}

interface Disturbed {
  /** Index of the try among the disturbances. */
  readonly ofTry: (statement: StatementTry) => number;
  readonly count: (causes: readonly number[]) => VictimCount;
  readonly blocked: ReadonlyMap<number, BlockedSessions>;
  readonly graph: WaitGraph;
}

export function mergeTries(
  tries: readonly StatementTry[],
  { ofTry, count, blocked, graph }: Disturbed,
): StatementAnalysis[] {
  const byIndex = [...groupBy(tries, ({ record }) => record.index)].sort(([a], [b]) => a - b);
  return byIndex.flatMap(([, own]) => {
    const last = own.at(-1);
    if (last === undefined) return [];
    const causes = own.map(ofTry);
    const roles = own.flatMap(({ waits }) => waits.flatMap(({ wait }) => wait.seen.flatMap(blockersOf)));
    return {
      record: last.record,
      held: last.held,
      tries: own,
      waitMs: most(own, ({ waitMs }) => waitMs),
      holdMs: most(own, ({ holdMs }) => holdMs),
      blackoutMs: most(own, ({ blackout }) => unionMs(blackout)),
      blockingHoldMs: most(own, ({ blockingHoldMs }) => blockingHoldMs),
      blockingWaitMs: most(own, ({ blockingWaitMs }) => blockingWaitMs),
      strongest: own.toSorted((a, b) => b.holdMs - a.holdMs)[0]?.strongest ?? null,
      victims: count(causes),
      blocked: together(causes.map((cause) => blocked.get(cause) ?? NONE_BLOCKED)),
      blockedBy: [...new Set(roles)].sort(),
      blockers: graph.blockersOf(own.flatMap(({ waits }) => waits)),
    };
  });
}

function blockersOf({ blockedBy }: { blockedBy: readonly { role: string }[] }): string[] {
  return blockedBy.map(({ role }) => role);
}

function most(tries: readonly StatementTry[], of: (statement: StatementTry) => number): number {
  return Math.max(...tries.map(of));
}

function together(parts: readonly BlockedSessions[]): BlockedSessions {
  return {
    sessionSeconds: parts.reduce((sum, { sessionSeconds }) => sum + sessionSeconds, 0),
    peak: Math.max(...parts.map(({ peak }) => peak)),
    longestMs: Math.max(...parts.map(({ longestMs }) => longestMs)),
    relations: [...new Set(parts.flatMap(({ relations }) => relations))],
    locktypes: [...new Set(parts.flatMap(({ locktypes }) => locktypes))],
    waiters: [
      ...groupBy(
        parts.flatMap(({ waiters }) => waiters),
        ({ role }) => role,
      ),
    ].map(([role, own]): Waiter => ({
      role,
      sessions: Math.max(...own.map(({ sessions }) => sessions)),
      sessionSeconds: own.reduce((sum, { sessionSeconds }) => sum + sessionSeconds, 0),
      longestMs: Math.max(...own.map(({ longestMs }) => longestMs)),
    })),
  };
}
