/** Who is right ahead stands at the end of the list, or nearly. */
const MOST_TRIED = 4;

/** One who waits in a look, with all whom it waits for, in PostgreSQL's order: who holds, then who is ahead. */
interface Queued {
  readonly pid: number;
  readonly blockers: readonly number[];
}

/** The same in short: it waits for `own`, for `after`, and for all of the app that `after` waits for. */
export interface Shortened {
  readonly after: number | undefined;
  readonly own: readonly number[];
}

/**
 * pg_blocking_pids() names all who are ahead in a queue, so that n sessions come with n²/2 names, and all of them change when the
 * first one leaves. Told by the one right ahead, the next one alone changes. Nothing is lost: `after` is taken only where it waits
 * in the same look, and for nobody of the app for whom this one does not wait.
 */
export function shortened(look: readonly Queued[], isApp: (pid: number) => boolean): Map<number, Shortened> {
  const waiting = new Map(look.map((one) => [one.pid, new Set(one.blockers)]));
  return new Map(look.map((one) => [one.pid, shorten(one, waiting, isApp)]));
}

function shorten(
  { pid, blockers }: Queued,
  waiting: ReadonlyMap<number, ReadonlySet<number>>,
  isApp: (pid: number) => boolean,
): Shortened {
  const all = waiting.get(pid) ?? new Set();
  const after = blockers.slice(-MOST_TRIED).findLast((blocker) => {
    const ahead = isApp(blocker) ? waiting.get(blocker) : undefined;
    // Fewer: so that two who wait for each other never stand for each other.
    if (ahead === undefined || ahead.size >= all.size || ahead.has(pid)) return false;
    return [...ahead].every((one) => all.has(one) || !isApp(one));
  });
  if (after === undefined) return { after, own: [...all] };
  const ahead = waiting.get(after);
  return { after, own: [...all].filter((one) => one !== after && !(isApp(one) && ahead?.has(one))) };
}
