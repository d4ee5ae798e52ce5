import type { SessionFacts } from '../../artifacts/records/records.ts';
import type { AttributedWait } from './waits/attributed-waits.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { WaitSpan } from './waits/waits.ts';

/** Waits of the app behind a session that is nobody's: neither the plan's nor the company's, and no part of the server. */
export interface Stranger {
  readonly name: string | null;
  /** Without values. */
  readonly query: string | null;
  readonly state: string | null;
  readonly sessions: number;
  readonly longestMs: number;
  /** When the longest of the waits began. */
  readonly fromMs: number;
}

/** By what the strangers call themselves, the worst first; waits that the plan is to blame for are left out. */
export function strangers(waits: readonly WaitSpan[], attributed: readonly AttributedWait[]): Stranger[] {
  const known = new Set(attributed.map(({ pid, fromMs }) => `${pid} ${fromMs}`));
  const facts = new Map<number, SessionFacts>();
  const behind = waits.flatMap((wait) => {
    for (const told of wait.seen.flatMap(({ sessions = [] }) => sessions)) facts.set(told.pid, told);
    if (wait.role !== 'app' || known.has(`${wait.pid} ${wait.fromMs}`)) return [];
    const blocker = wait.seen.flatMap(({ blockedBy }) => blockedBy).find(({ role }) => role === 'other');
    return blocker === undefined ? [] : [{ wait, pid: blocker.pid }];
  });
  const named = groupBy(behind, ({ pid }) => facts.get(pid)?.applicationName ?? '');
  return [...named]
    .flatMap(([name, own]) => {
      const [longest] = own.toSorted((a, b) => lengthMs(b.wait) - lengthMs(a.wait));
      if (longest === undefined) return [];
      const { query = null, state = null } = facts.get(longest.pid) ?? {};
      const sessions = new Set(own.map(({ wait }) => wait.pid)).size;
      return [
        {
          name: name === '' ? null : name,
          query,
          state,
          sessions,
          longestMs: lengthMs(longest.wait),
          fromMs: longest.wait.fromMs,
        },
      ];
    })
    .sort((a, b) => b.longestMs - a.longestMs);
}

function lengthMs({ fromMs, toMs }: WaitSpan): number {
  return toMs - fromMs;
}
