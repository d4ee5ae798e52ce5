/** One who waits in a look. */
export interface Waiting {
  readonly pid: number;
  readonly locktype: string;
  /** As pg_locks tells it: which wait of that session it is. Null for a moment after it began. */
  readonly waitStart: string | null;
  /** All whom it waits for, directly. */
  readonly blockers: readonly number[];
}

/**
 * Leaves out what the app has to settle with itself: sessions of the app that wait for rows of each other, where nobody else stands
 * further along the chain, nor waits for them. Four hundred sessions at one hot row all wait anew with each commit: ten minutes of
 * that would be a GB of looks from which nothing follows. Waits for a relation are told of whoever waits for whom, and a wait that
 * once was of somebody else's doing is told of until it ends.
 */
export class Concerned {
  /** Those that were told of in the look before, and which wait that was. */
  #before = new Map<number, string | null>();

  /** Those of one look that are to be told of. Call it for each look, also for those that saw nobody. */
  of<T extends Waiting>(look: readonly T[], isApp: (pid: number) => boolean): T[] {
    const ahead = new Map(look.map(({ pid, blockers }) => [pid, blockers]));
    const behind = new Map<number, number[]>();
    for (const { pid, blockers } of look) {
      for (const blocker of blockers) {
        const own = behind.get(blocker);
        if (own === undefined) behind.set(blocker, [pid]);
        else own.push(pid);
      }
    }
    const others = [...new Set([...ahead.keys(), ...behind.keys()])].filter((pid) => !isApp(pid));
    const waitedFor = reached(others, ahead);
    const waitingFor = reached(others, behind);
    const told = look.filter((one) => {
      const { pid, locktype } = one;
      return locktype === 'relation' || waitedFor.has(pid) || waitingFor.has(pid) || this.#goesOn(one);
    });
    this.#before = new Map(told.map(({ pid, waitStart }) => [pid, waitStart]));
    return told;
  }

  #goesOn({ pid, waitStart }: Waiting): boolean {
    const before = this.#before.get(pid);
    return before !== undefined && (before === null || waitStart === null || before === waitStart);
  }
}

/** Those of `from`, and all to whom `next` leads from them. */
function reached(from: readonly number[], next: ReadonlyMap<number, readonly number[]>): Set<number> {
  const met = new Set(from);
  // A Set hands out what is put in while it is walked.
  for (const pid of met) for (const one of next.get(pid) ?? []) met.add(one);
  return met;
}
