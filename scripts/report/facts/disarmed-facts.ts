import type { Result } from '../../checks/result/contract/result.ts';

/** A line for each kind of what was made harmless, such as `foreign server billing, audit`. */
export function disarmedLines({ snapshot }: Result): string[] {
  const byKind = new Map<string, string[]>();
  for (const { kind, name } of snapshot?.disarmed ?? [])
    byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  return [...byKind].map(([kind, names]) => `${kind} ${names.join(', ')}`);
}
