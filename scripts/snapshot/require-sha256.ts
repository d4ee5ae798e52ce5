import type { SnapshotSource } from '../plan/model.ts';
import { RehearsalError } from '../shared/errors.ts';

/** @throws SNAPSHOT_INVALID where the author expects other bytes */
export function requireSha256(
  { source, shown }: { readonly source: SnapshotSource; readonly shown: string },
  sha256: string,
): void {
  if (!('sha256' in source) || source.sha256 === sha256) return;
  throw new RehearsalError('SNAPSHOT_INVALID', `${shown} has sha256 ${sha256}, and not ${source.sha256}`, {
    hint: 'it is another file than the one that snapshot.sha256 was written for: copy it again, or write its own sum',
  });
}
