import { lockStrength } from '../../../pg/lock-modes.ts';
import type { Analysis } from '../analyse.ts';
import type { Stopped } from './standstills.ts';
import type { FirstNames } from './table-names.ts';

/** Which tables each script uses, by what its transaction locked in any state of the schema in which it worked. */
export class ScriptUses {
  /** By `<version>/<script>`: each table with its strongest lock. */
  readonly #uses = new Map<string, Map<string, string>>();
  /** The same with what only the branches name that did not run. */
  readonly #mayUse = new Map<string, Map<string, string>>();
  /** Those that worked and whose locks nobody saw. */
  readonly #unseen = new Set<string>();

  constructor({ evidence, steps }: Analysis, names: FirstNames) {
    const ended = new Map(steps.map(({ run }) => [run.planned.name, run.index]));
    for (const { after, version, script, ok, uses } of evidence.compatibility ?? []) {
      const key = `${version}/${script}`;
      if (ok && uses === undefined) this.#unseen.add(key);
      for (const { relation, mode, isMaybe } of uses ?? []) {
        const table = names.at(relation, ended.get(after) ?? 0);
        if (table === undefined) continue;
        note(this.#mayUse, key, table, mode);
        if (isMaybe !== true) note(this.#uses, key, table, mode);
      }
    }
  }

  /** Whether every request of the script would have to wait; one that nobody saw is taken to. */
  isStopped(version: string, script: string, table: string, stopped: Stopped): boolean {
    const key = `${version}/${script}`;
    return this.#unseen.has(key) || stops(this.#uses.get(key)?.get(table), stopped);
  }

  /** Whether some of its requests would. */
  mayBeStopped(version: string, script: string, table: string, stopped: Stopped): boolean {
    return stops(this.#mayUse.get(`${version}/${script}`)?.get(table), stopped);
  }
}

function stops(mode: string | undefined, stopped: Stopped): boolean {
  return lockStrength(mode ?? '') >= (stopped === 'all' ? 1 : lockStrength('RowExclusiveLock'));
}

function note(uses: Map<string, Map<string, string>>, key: string, table: string, mode: string): void {
  const own = uses.get(key) ?? new Map<string, string>();
  uses.set(key, own);
  if (lockStrength(mode) > lockStrength(own.get(table) ?? '')) own.set(table, mode);
}
