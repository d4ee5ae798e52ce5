import type { Rehearsal } from '../plan/model.ts';

/**
 * What decides about hosts and the programs on them: rehearsals of one key can have the same, one after the other. Settings of the
 * server are not in it, for each gets a server of its own.
 */
export function hostsKey(
  target: string,
  { hosts, postgres, targets }: Pick<Rehearsal, 'hosts' | 'postgres' | 'targets'>,
): string {
  const server = { ...postgres, settings: undefined };
  const own = Object.entries(targets).find(([name]) => name === target)?.[1];
  return JSON.stringify([target, own ?? {}, inOrder(hosts), inOrder(server)]);
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
}

/**
 * Who shares hosts with whom: of each key as many batches as there are jobs, so that sharing makes no night longer.
 * @param keys one a rehearsal; undefined = it shares with nobody
 * @returns positions in `keys`, each in exactly one batch, by their first
 */
export function batchesOf(keys: readonly (string | undefined)[], jobs: number): number[][] {
  const groups = new Map<string, number[]>();
  for (const [position, key] of keys.entries()) {
    const name = key === undefined ? `alone ${position}` : `shared ${key}`;
    groups.set(name, [...(groups.get(name) ?? []), position]);
  }
  return [...groups.values()]
    .flatMap((group) => split(group, Math.min(jobs, group.length)))
    .sort(([a = 0], [b = 0]) => a - b);
}

function split(group: readonly number[], parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) => group.filter((__, index) => index % parts === part));
}
