import { createHash } from 'node:crypto';
import type { HostPlaces } from '../../contract/hosts.ts';

const DIGITS = 8;

/** Where a host has the things of a run, below the folder of all runs. */
export function placesIn(folder: string, runId: string): Required<HostPlaces> {
  return { base: folder, run: `${folder}/${runId}/engine`, postgres: `${folder}/${runId}/postgres` };
}

/** The user that a run's server is on its hosts, and nobody else. */
export function serverUserOf(runId: string): string {
  return `rehearse-${createHash('sha256').update(runId).digest('hex').slice(0, DIGITS)}`;
}
