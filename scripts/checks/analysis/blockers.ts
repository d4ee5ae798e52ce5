import type { SessionFacts, SessionRole, WaitRecord } from '../../artifacts/records.ts';
import { groupBy } from './group-by.ts';
import type { Clipped } from './holds.ts';
import type { Interval } from './intervals.ts';
import { largest } from './largest.ts';
import type { WaitSpan } from './waits.ts';

/** Sessions that a statement waited for, alike in all that is told of them. */
export interface Blocker {
  readonly role: SessionRole;
  /** Null where it is not known, as in older runs. */
  readonly applicationName: string | null;
  readonly state: string | null;
  /** Without values. */
  readonly query: string | null;
  /** 1 = the statement waited for it, 2 = it was waited for by one of level 1, and so on. */
  readonly level: number;
  /** It waited for nobody itself: the wait began with it. */
  readonly isRoot: boolean;
  readonly sessions: number;
  /** How long the longest of them stood in the way. */
  readonly ms: number;
}

/** Who waits for whom, poll by poll. */
export class WaitGraph {
  readonly #polls: ReadonlyMap<number, ReadonlyMap<number, WaitRecord>>;
  readonly #facts: ReadonlyMap<number, readonly { tMs: number; facts: SessionFacts }[]>;

  constructor(waits: readonly WaitSpan[]) {
    const records = waits.flatMap(({ seen }) => seen);
    this.#polls = new Map(
      [...groupBy(records, ({ tMs }) => tMs)].map(([tMs, own]) => [
        tMs,
        new Map(own.map((record) => [record.pid, record])),
      ]),
    );
    const told = records.flatMap(({ tMs, sessions = [] }) => sessions.map((facts) => ({ tMs, facts })));
    this.#facts = groupBy(
      told.sort((a, b) => a.tMs - b.tMs),
      ({ facts }) => facts.pid,
    );
  }

  /** Whom `waits` of one statement stood behind, down to those who waited for nobody: nearest and longest first. */
  blockersOf(waits: readonly Clipped[]): Blocker[] {
    const links = new Map<number, Link>();
    for (const clipped of waits) {
      clipped.wait.seen.forEach((record, at, { length }) => {
        const from = at === 0 ? clipped.fromMs : record.tMs;
        const to = at === length - 1 ? clipped.toMs : record.tMs;
        this.#follow(record, { fromMs: from, toMs: to }, links);
      });
    }
    return this.#grouped([...links.values()]);
  }

  /**
   * Breadth first, each session once a look: a session's level is the least number of waits between it and the statement.
   * pg_blocking_pids names all who are ahead in a queue, so that the number of ways through it doubles with every session.
   */
  #follow(first: WaitRecord, during: Interval, links: Map<number, Link>): void {
    const waiting = this.#polls.get(first.tMs);
    const met = new Set([first.pid]);
    let nearest: WaitRecord[] = [first];
    for (let level = 1; nearest.length > 0; level++) {
      const behind: WaitRecord[] = [];
      for (const { pid, role } of nearest.flatMap(({ blockedBy }) => blockedBy)) {
        if (met.has(pid)) continue;
        met.add(pid);
        const record = waiting?.get(pid);
        if (record !== undefined) behind.push(record);
        const link = links.get(pid) ?? { pid, role, level, isRoot: true, ...during };
        links.set(pid, {
          ...link,
          level: Math.max(link.level, level),
          isRoot: link.isRoot && record === undefined,
          fromMs: Math.min(link.fromMs, during.fromMs),
          toMs: Math.max(link.toMs, during.toMs),
        });
      }
      nearest = behind;
    }
  }

  #grouped(links: readonly Link[]): Blocker[] {
    const told = links.map((link) => {
      const { applicationName = null, state = null, query = null } = this.#factsOf(link) ?? {};
      const { role, level, isRoot } = link;
      return {
        ms: Math.max(0, link.toMs - link.fromMs),
        like: { role, applicationName, state, query, level, isRoot },
      };
    });
    return [...groupBy(told, ({ like }) => JSON.stringify(like)).values()]
      .flatMap((group) => {
        const [first] = group;
        if (first === undefined) return [];
        return [{ ...first.like, sessions: group.length, ms: largest(group.map(({ ms }) => ms)) }];
      })
      .sort((a, b) => a.level - b.level || b.ms - a.ms);
  }

  /** What it did when it began to stand in the way, else what was told of it first. */
  #factsOf({ pid, fromMs }: Link): SessionFacts | undefined {
    const told = this.#facts.get(pid);
    const then = told?.findLast(({ tMs }) => tMs <= fromMs);
    return (then ?? told?.find(({ tMs }) => tMs >= fromMs) ?? told?.[0])?.facts;
  }
}

interface Link extends Interval {
  readonly pid: number;
  readonly role: SessionRole;
  readonly level: number;
  readonly isRoot: boolean;
}
