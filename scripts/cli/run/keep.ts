import { RehearsalError } from '../../shared/errors.ts';
import { parseDurationMs } from '../../shared/text/quantities.ts';
import type { RunOutcome } from './run-rehearsal.ts';

const SHORTEST_KEEP_MS = 1000;
const LONGEST_KEEP_MS = 12 * 3_600_000;

/** The value of `--keep` in milliseconds. @throws USAGE */
export function keepDurationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const keepMs = parseDurationMs(text);
  if (keepMs === undefined || keepMs < SHORTEST_KEEP_MS || keepMs > LONGEST_KEEP_MS) {
    throw new RehearsalError('USAGE', `--keep ${text} is not a duration between 1s and 12h`, {
      hint: 'write --keep 30m',
    });
  }
  return keepMs;
}

/** For a target whose hosts end with the run. */
export function cannotKeep(target: string): RehearsalError {
  return new RehearsalError('USAGE', `--keep needs hosts that outlive the run; target ${target} has none`, {
    hint: 'leave --keep out, or take a target with hosts: rehearse doctor shows what is there',
  });
}

/** What is still up, until when, and how to get in. */
export function keptLines(kept: RunOutcome['kept'], runId: string): string[] {
  if (!kept) return [];
  const { until, environment } = kept;
  const hosts = environment.hostInfo.map(
    ({ role, address, sshCommand }) => `  ${role.padEnd(8)} ${sshCommand ?? address}`,
  );
  return [
    `kept until ${until.toISOString()}; sooner gone with: rehearse reap --execute --run ${runId}`,
    ...hosts,
  ];
}
