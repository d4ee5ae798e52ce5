const DAY_MS = 86_400_000;

/** Which run folders stay. */
export interface KeepRule {
  /** The newest so many of each rehearsal; Infinity = all. */
  readonly runs: number;
  /** And none that is older than so many days; Infinity = any age. */
  readonly days: number;
}

export interface FolderFacts {
  readonly runId: string;
  readonly rehearsal: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly passed: boolean;
  /** It was killed: nothing is compared with it. */
  readonly isDead: boolean;
}

/**
 * The run folders that may go. Of each rehearsal the newest one that ended and the newest one that passed stay in any case: the
 * next night is compared with them; so do those that are pinned.
 * @param nowMs since 1970
 */
export function outdated<T extends FolderFacts>(
  folders: readonly T[],
  pinned: ReadonlySet<string>,
  { runs, days }: KeepRule,
  nowMs: number,
): T[] {
  const newestFirst = [...folders].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const byRehearsal = new Map<string, T[]>();
  for (const folder of newestFirst) {
    byRehearsal.set(folder.rehearsal, [...(byRehearsal.get(folder.rehearsal) ?? []), folder]);
  }
  return [...byRehearsal.values()].flatMap((ofOne) => {
    const staying = [ofOne.find(({ isDead }) => !isDead), ofOne.find(({ passed }) => passed)];
    return ofOne.filter((folder, position) => {
      if (staying.includes(folder) || pinned.has(folder.runId)) return false;
      return position >= runs || nowMs - Date.parse(folder.startedAt) > days * DAY_MS;
    });
  });
}
