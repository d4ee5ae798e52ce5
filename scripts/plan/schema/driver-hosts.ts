import type { HostSpec } from '../model.ts';

/** Their addresses on this machine, and what one primary can take, end there. */
export const MOST_DRIVERS = 16;

export type DriverRole = 'driver' | `driver-${number}`;

/** On how many hosts the load of a rehearsal runs, where its target has hosts. */
export function driverCount({ hosts }: { readonly hosts: Readonly<Record<string, HostSpec>> }): number {
  return hosts['driver']?.count ?? 1;
}

/** The driver that replays the plan, and those that have but a share of the load. */
export function driverRoles(count: number): [DriverRole, ...DriverRole[]] {
  return ['driver', ...Array.from({ length: count - 1 }, (_, index) => `driver-${index + 2}` as const)];
}

export function isDriver(role: string): role is DriverRole {
  return /^driver(-\d+)?$/.test(role);
}
