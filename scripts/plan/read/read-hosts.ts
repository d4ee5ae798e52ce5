import { plural } from '../../shared/text/format.ts';
import type { HostSpec } from '../model.ts';
import { defined } from '../schema/defined.ts';
import type { RehearsalConfig } from '../schema/schema.ts';
import type { Reading } from './reading.ts';

/** The hosts by role, as their target is asked for them. */
export function hostsOf(config: RehearsalConfig['hosts']): Record<string, HostSpec> {
  return Object.fromEntries(
    Object.entries(config).map(([role, host]) => [
      role,
      defined({
        cpu: host.cpu,
        memoryBytes: host.memory,
        class: host.class,
        diskBytesPerSec: host.disk,
        linkBitsPerSec: host.link?.rate,
        linkDelayMs: host.link?.delay,
        count: 'count' in host ? host.count : undefined,
      }),
    ]),
  );
}

/** A driver host without a connection has nothing to send. */
export function noteIdleDrivers({ hosts, load }: RehearsalConfig, reading: Reading): void {
  const { count = 1 } = hosts.driver ?? {};
  if (count <= load.connections) return;
  reading.mistake(
    ['hosts', 'driver', 'count'],
    `{value} hosts cannot share ${plural(load.connections, 'connection')}; write ${load.connections} at most, or raise load.connections`,
  );
}
