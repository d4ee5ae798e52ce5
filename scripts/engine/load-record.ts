import type { RunRecord } from '../artifacts/records/records.ts';
import { defined } from '../plan/schema/defined.ts';
import type { Rehearsal } from '../plan/model.ts';
import type { VersionScripts } from '../probes/compatibility.ts';

/** The load as the run's own record states it. */
export function loadRecord(rehearsal: Rehearsal, versions: readonly VersionScripts[]): RunRecord['load'] {
  const { ratePerSec, connections, warmupMs, delayedOverMs } = rehearsal.load;
  return {
    ratePerSec,
    connections,
    warmupMs,
    ...defined({ delayedOverMs }),
    versions: versions.map(({ name, scripts }) => ({
      name,
      ...defined({ role: rehearsal.load.versions.find((version) => version.name === name)?.role }),
      scripts: scripts.map((script) => ({ name: script.name, weight: script.weight })),
    })),
  };
}
