import type { RunRecord } from '../artifacts/records.ts';
import { parseWorkload, type ParsedScript } from '../load/parse-workload.ts';
import type { Rehearsal } from '../plan/model.ts';
import type { VersionScripts } from '../probes/compatibility.ts';
import { InputError, type Mistake } from '../shared/errors.ts';
import { relative } from 'node:path';

/**
 * The scripts of every app version, parsed.
 * @throws InputError with every mistake of every script
 */
export function parseVersions(rehearsal: Rehearsal, cwd: string): VersionScripts[] {
  const mistakes: Mistake[] = [];
  const versions = rehearsal.load.versions.map(({ name, scripts }) => {
    const parsed: ParsedScript[] = [];
    for (const script of scripts) {
      const outcome = parseWorkload(script, relative(cwd, script.path));
      if ('script' in outcome) parsed.push(outcome.script);
      else mistakes.push(...outcome.mistakes);
    }
    return { name, scripts: parsed };
  });
  if (mistakes.length > 0) throw new InputError(mistakes);
  return versions;
}

export function loadRecord(rehearsal: Rehearsal, versions: readonly VersionScripts[]): RunRecord['load'] {
  const { ratePerSec, connections, warmupMs } = rehearsal.load;
  return {
    ratePerSec,
    connections,
    warmupMs,
    versions: versions.map(({ name, scripts }) => ({
      name,
      scripts: scripts.map((script) => ({ name: script.name, weight: script.weight })),
    })),
  };
}
