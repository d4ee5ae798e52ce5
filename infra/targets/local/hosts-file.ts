import type { HostRole } from '../../contract/hosts.ts';
import { prefixOfSubnet } from './network/subnet.ts';

/** Where each role lives in its subnet. */
const LAST_PART: Readonly<Record<HostRole, number>> = { primary: 10, standby: 11, driver: 20 };

/** The address of that role's host. */
export function addressIn(subnet: string, role: HostRole): string {
  return `${prefixOfSubnet(subnet)}.${LAST_PART[role]}`;
}

/** Lines of /etc/hosts: every host of a run by its role; `role` has `address`, wherever it usually is. */
export function hostsFile(subnet: string, role: string, address: string): string {
  const prefix = prefixOfSubnet(subnet);
  const usual = Object.entries(LAST_PART).map(([name, last]) => [name, `${prefix}.${last}`] as const);
  return [...new Map([...usual, [role, address]])].map(([name, where]) => `${where} ${name}`).join('\n');
}
