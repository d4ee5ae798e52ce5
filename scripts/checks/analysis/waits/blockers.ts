import type { SessionFacts, SessionRole, WaitRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { Clipped } from './holds.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { largest } from '../largest.ts';
import { LookStates, type LookState } from './look-states.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';
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
  /** When the oldest of their transactions began; absent where nobody told. */
  readonly transactionSinceMs?: number;
  /** How long the longest of them stood in the way. */
  readonly ms: number;
}

/** Who waits for whom, poll by poll. */
export class WaitGraph {
  readonly #records: readonly WaitRecord[];
  /** Made when somebody asks: most statements wait for nobody. */
  #states: LookStates | undefined;
  readonly #facts: ReadonlyMap<number, readonly { tMs: number; facts: SessionFacts }[]>;

  constructor(waits: readonly WaitSpan[]) {
    this.#records = waits.flatMap(({ seen }) => seen);
    const told = this.#records.flatMap(({ tMs, sessions = [] }) =>
      sessions.map((facts) => ({ tMs: facts.tMs ?? tMs, facts })),
    );
    this.#facts = groupBy(
      told.sort((a, b) => a.tMs - b.tMs),
      ({ facts }) => facts.pid,
    );
  }

  /** Whom `waits` of one statement stood behind, down to those who waited for nobody: nearest and longest first. */
  blockersOf(waits: readonly Clipped[]): Blocker[] {
    const links = new Map<number, Link>();
    for (const clipped of waits) {
      const { seen } = clipped.wait;
      seen.forEach((record, at) => {
        const looks = { fromMs: record.tMs, toMs: lastLookMs(record) };
        this.#states ??= new LookStates(this.#records);
        this.#states.during(looks, (state, { fromMs, toMs }) => {
          const isFirst = at === 0 && fromMs === record.tMs;
          const isLast = at === seen.length - 1 && toMs > looks.toMs;
          const during = {
            fromMs: isFirst ? clipped.fromMs : fromMs,
            toMs: isLast ? clipped.toMs : Math.min(toMs, looks.toMs),
          };
          follow({ first: record, state, during }, links);
        });
      });
    }
    return this.#grouped([...links.values()]);
  }

  #grouped(links: readonly Link[]): Blocker[] {
    const told = links.map((link) => {
      const known = this.#factsOf(link);
      const { applicationName = null, state = null, query = null, transactionMs = null } = known?.facts ?? {};
      const { role, isRoot, level } = link;
      const ms = Math.max(0, link.toMs - link.fromMs);
      const sinceMs = known === undefined || transactionMs === null ? Infinity : known.tMs - transactionMs;
      return { ms, level, sinceMs, like: { role, applicationName, state, query, isRoot } };
    });
    return [...groupBy(told, ({ like }) => JSON.stringify(like)).values()]
      .flatMap((group): Blocker[] => {
        const [first] = group;
        if (first === undefined) return [];
        const level = group.reduce((nearest, one) => Math.min(nearest, one.level), first.level);
        const { isRoot, ...like } = first.like;
        const sinceMs = group.reduce((oldest, one) => Math.min(oldest, one.sinceMs), Infinity);
        const told = sinceMs === Infinity ? {} : { transactionSinceMs: sinceMs };
        const ms = largest(group.map((one) => one.ms));
        return [{ ...like, level, isRoot, sessions: group.length, ms, ...told }];
      })
      .sort((a, b) => a.level - b.level || b.ms - a.ms);
  }

  /** What it did when it began to stand in the way, else what was told of it first. */
  #factsOf({ pid, fromMs }: Link): { readonly tMs: number; readonly facts: SessionFacts } | undefined {
    const told = this.#facts.get(pid);
    if (told === undefined) return undefined;
    const after = firstAbove(told, fromMs, ({ tMs }) => tMs);
    return told[after - 1] ?? told[after];
  }
}

interface Link {
  readonly pid: number;
  readonly role: SessionRole;
  level: number;
  isRoot: boolean;
  fromMs: number;
  toMs: number;
}

interface Walk {
  readonly first: WaitRecord;
  readonly state: LookState;
  readonly during: Interval;
}

/**
 * Breadth first, each session once a state: a session's level is the least number of waits between it and the statement.
 * pg_blocking_pids names all who are ahead in a queue, so that the number of ways through it doubles with every session.
 */
function follow({ first, state, during }: Walk, links: Map<number, Link>): void {
  const met = new Set([first.pid]);
  const told = new Set<number>();
  let nearest: WaitRecord[] = [first];
  for (let level = 1; nearest.length > 0; level++) {
    const behind: WaitRecord[] = [];
    for (const { pid, role } of nearest.flatMap((record) => allBlockers(record, state, told))) {
      if (met.has(pid)) continue;
      met.add(pid);
      const record = state.get(pid);
      if (record !== undefined) behind.push(record);
      note(links, { pid, role, level, isRoot: record === undefined, ...during });
    }
    nearest = behind;
  }
}

function note(links: Map<number, Link>, seen: Link): void {
  const link = links.get(seen.pid);
  if (link === undefined) {
    links.set(seen.pid, seen);
    return;
  }
  link.level = Math.max(link.level, seen.level);
  link.isRoot &&= seen.isRoot;
  link.fromMs = Math.min(link.fromMs, seen.fromMs);
  link.toMs = Math.max(link.toMs, seen.toMs);
}

/**
 * Whom it waits for: also those that the one right ahead of it waits for, and so on to the head of the queue.
 * @param told sessions that have been asked for that in this walk
 */
function allBlockers(
  record: WaitRecord,
  state: LookState,
  told: Set<number>,
): { pid: number; role: SessionRole }[] {
  const all = [...record.blockedBy];
  let ahead = record.after;
  while (ahead !== undefined) {
    all.push({ pid: ahead, role: 'app' });
    if (told.has(ahead)) break;
    told.add(ahead);
    const next = state.get(ahead);
    all.push(...(next?.blockedBy ?? []).filter(({ role }) => role === 'app'));
    ahead = next?.after;
  }
  return all;
}
