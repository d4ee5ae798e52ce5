import { totalmem } from 'node:os';
import { formatBytes } from '../../../scripts/shared/text/format.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type { Value } from './privileged.ts';

export interface HostLimits {
  /** CPUs' worth of time, such as 0.5; undefined = all that the machine has. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  readonly diskBytesPerSec?: number;
  /** Each way. */
  readonly linkBitsPerSec?: number;
  /** Added to what the host sends. */
  readonly linkDelayMs?: number;
}

const POSTGRES_ROLES = new Set(['primary', 'standby']);
/** Below this the server, its background processes, and sshd push each other out. */
const POSTGRES_MIN_BYTES = 128 * 1024 ** 2;
const SHM_MIN_BYTES = 256 * 1024 ** 2;

/** @throws USAGE for limits that no host can live with */
export function requireLivable(role: string, limits: HostLimits): void {
  const { cpu, memoryBytes, diskBytesPerSec, linkBitsPerSec, linkDelayMs } = limits;
  if (memoryBytes !== undefined && POSTGRES_ROLES.has(role) && memoryBytes < POSTGRES_MIN_BYTES) {
    const asked = formatBytes(memoryBytes);
    throw new RehearsalError('USAGE', `${asked} of memory are too little for PostgreSQL on the ${role}`, {
      hint: `give hosts.${role}.memory at least ${formatBytes(POSTGRES_MIN_BYTES)}`,
    });
  }
  const wrong = Object.entries({ cpu, memoryBytes, diskBytesPerSec, linkBitsPerSec, linkDelayMs }).find(
    ([, amount]) => amount !== undefined && !(amount > 0 && Number.isFinite(amount)),
  );
  if (!wrong) return;
  throw new RehearsalError('USAGE', `${wrong[0]} of the ${role} is ${String(wrong[1])}`, {
    hint: 'give a number above 0, or none for no limit',
  });
}

/** The limits as variables of host-up. */
export function limitVariables(limits: HostLimits): Record<string, Value> {
  const { cpu, memoryBytes, diskBytesPerSec, linkBitsPerSec, linkDelayMs } = limits;
  return {
    CPU_PERCENT: cpu === undefined ? undefined : Math.max(1, Math.round(cpu * 100)),
    MEMORY_BYTES: whole(memoryBytes),
    DISK_BYTES_PER_SEC: whole(diskBytesPerSec),
    LINK_BITS_PER_SEC: whole(linkBitsPerSec),
    LINK_DELAY_MS: linkDelayMs,
  };
}

/** Size of /dev/shm, where PostgreSQL keeps what parallel workers share. */
export function sharedMemoryBytes({ memoryBytes = totalmem() }: HostLimits): number {
  return Math.max(SHM_MIN_BYTES, Math.round(memoryBytes / 4));
}

function whole(amount: number | undefined): number | undefined {
  return amount === undefined ? undefined : Math.round(amount);
}
