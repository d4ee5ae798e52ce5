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
 * Leaves out what the app has to settle with itself: sessions of the app that wait for rows of each other, where nobody else waits or
 * stands in the way, neither here nor further along the chain. Four hundred sessions at one hot row all wait anew with each commit:
 * ten minutes of that would be a GB of looks from which nothing follows. Waits for a relation are told of whoever waits for whom, and
 * a wait that once was of somebody else's doing is told of until it ends.
 */
export class Concerned {
  /** Those that were told of in the look before, and which wait that was. */
  #before = new Map<number, string | null>();

  /** Those of one look that are to be told of. Call it for each look, also for those that saw nobody. */
  of<T extends Waiting>(look: readonly T[], isApp: (pid: number) => boolean): T[] {
    const groups = new Groups();
    const met = new Set<number>();
    for (const { pid, blockers } of look) {
      met.add(pid);
      for (const blocker of blockers) {
        met.add(blocker);
        groups.join(pid, blocker);
      }
    }
    const concerning = new Set(look.filter(({ locktype }) => locktype === 'relation').map(({ pid }) => pid));
    for (const pid of met) if (!isApp(pid)) concerning.add(pid);
    const roots = new Set([...concerning].map((pid) => groups.rootOf(pid)));
    const told = look.filter((one) => roots.has(groups.rootOf(one.pid)) || this.#goesOn(one));
    this.#before = new Map(told.map(({ pid, waitStart }) => [pid, waitStart]));
    return told;
  }

  #goesOn({ pid, waitStart }: Waiting): boolean {
    const before = this.#before.get(pid);
    return before !== undefined && (before === null || waitStart === null || before === waitStart);
  }
}

/** Who belongs together, by union and find. */
class Groups {
  readonly #parents = new Map<number, number>();

  rootOf(pid: number): number {
    let root = pid;
    for (let up = this.#parents.get(root); up !== undefined; up = this.#parents.get(root)) root = up;
    if (root !== pid) this.#parents.set(pid, root);
    return root;
  }

  join(one: number, other: number): void {
    const [root, otherRoot] = [this.rootOf(one), this.rootOf(other)];
    if (root !== otherRoot) this.#parents.set(root, otherRoot);
  }
}
