import type { HostPlaces } from '../contract/hosts.ts';

/** Where the driver host has the engine's file, and the private folder of its job. */
export function driverPaths({ run }: HostPlaces): { readonly bundle: string; readonly job: string } {
  return { bundle: `${run}/driver.mjs`, job: `${run}/job` };
}
