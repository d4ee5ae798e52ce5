import { driverRoles, MOST_DRIVERS } from '../../../scripts/plan/schema/driver-hosts.ts';
import type { HostRole } from '../../contract/hosts.ts';
import { prefixOfSubnet } from './network/subnet.ts';

/** Where each role lives in its subnet. */
const LAST_PART = new Map<HostRole, number>([
  ['primary', 10],
  ['standby', 11],
  ...driverRoles(MOST_DRIVERS).map((role, index) => [role, 20 + index] as const),
]);
/** Those that others call by name. */
const NAMED: readonly HostRole[] = ['primary', 'standby', 'driver'];

/** The address of that role's host. */
export function addressIn(subnet: string, role: HostRole): string {
  return `${prefixOfSubnet(subnet)}.${LAST_PART.get(role) ?? 'unknown'}`;
}

/** Lines of /etc/hosts: every host of a run by its role; `role` has `address`, wherever it usually is. */
export function hostsFile(subnet: string, role: string, address: string): string {
  const usual = NAMED.map((name) => [name, addressIn(subnet, name)] as [string, string]);
  return [...new Map([...usual, [role, address]])].map(([name, where]) => `${where} ${name}`).join('\n');
}
