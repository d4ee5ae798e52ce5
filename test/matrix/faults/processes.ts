import { readFileSync, readlinkSync } from 'node:fs';
import { processTree } from '../../support/hosts/process-tree.ts';
import type { TinyRehearsal } from '../../support/tiny-rehearsal.ts';

/** The servers of a rehearsal's runs: the first process of each. */
export function servers(tiny: TinyRehearsal): number[] {
  return tiny.processes().filter((pid) => exe(pid).endsWith('/postgres'));
}

/** Their sessions in the rehearsed database. */
export function backends(tiny: TinyRehearsal): number[] {
  return servers(tiny)
    .flatMap((pid) => processTree(pid))
    .filter((pid) => /^postgres: .* rehearsal (127|\[local\])/.test(title(pid)));
}

/** Its command line. */
export function title(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function exe(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** Sends it unless the process has ended by itself. */
export function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
