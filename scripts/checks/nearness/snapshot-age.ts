import { formatMs, plural } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';

const DAY_MS = 86_400_000;

/** Such as `the snapshot was 6 days old`: tables have grown since. */
export function snapshotAge({ snapshot, run }: Pick<Evidence, 'snapshot' | 'run'>): string {
  if (snapshot?.takenAt == null) return 'when the snapshot was taken is not stated (snapshot.takenAt)';
  const ageMs = Date.parse(run.startedAt) - Date.parse(snapshot.takenAt);
  if (!(ageMs >= 0)) return 'the snapshot says that it was taken after this run';
  const age = ageMs < DAY_MS ? formatMs(ageMs) : plural(Math.floor(ageMs / DAY_MS), 'day');
  return `the snapshot was ${age} old`;
}
