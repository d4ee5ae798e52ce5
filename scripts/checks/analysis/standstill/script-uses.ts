import { lockStrength } from '../../../pg/lock-modes.ts';
import type { Analysis } from '../analyse.ts';
import type { Stopped } from './standstills.ts';
import type { FirstNames } from './table-names.ts';

/** Which tables each script uses, by what its transaction locked in any state of the schema in which it worked. */
export class ScriptUses {
  /** By `<version>/<script>`: each table with its strongest lock. */
  readonly #uses = new Map<string, Map<string, string>>();
  /** Those that worked and whose locks nobody saw. */
  readonly #unseen = new Set<string>();

  constructor({ evidence, steps }: Analysis, names: FirstNames) {
    const ended = new Map(steps.map(({ run }) => [run.planned.name, run.index]));
    for (const { after, version, script, ok, uses } of evidence.compatibility ?? []) {
      const key = `${version}/${script}`;
      if (ok && uses === undefined) this.#unseen.add(key);
      for (const { relation, mode } of uses ?? []) {
        const table = names.at(relation, ended.get(after) ?? 0);
        if (table !== undefined) this.#note(key, table, mode);
      }
    }
  }

  /** Whether the script would have to wait; one that nobody saw is taken to. */
  isStopped(version: string, script: string, table: string, stopped: Stopped): boolean {
    const key = `${version}/${script}`;
    if (this.#unseen.has(key)) return true;
    const strength = lockStrength(this.#uses.get(key)?.get(table) ?? '');
    return strength >= (stopped === 'all' ? 1 : lockStrength('RowExclusiveLock'));
  }

  #note(key: string, table: string, mode: string): void {
    const own = this.#uses.get(key) ?? new Map<string, string>();
    this.#uses.set(key, own);
    if (lockStrength(mode) > lockStrength(own.get(table) ?? '')) own.set(table, mode);
  }
}
