import { availableParallelism } from 'node:os';
import { plural } from '../../../scripts/shared/text/format.ts';
import { driverCount } from '../../../scripts/plan/schema/driver-hosts.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';
import type { Cell } from './cell/cell.ts';
import { reachOf } from './cell/reach.ts';
import { refusedSettings } from '../../postgres/server-settings.ts';

/** What this target cannot tell, as sentences for the report. */
export function limitsOf({ postgres, hosts }: EnvironmentSpec, cell: Cell): string[] {
  const refused = refusedSettings(postgres.settings);
  const drivers = driverCount({ hosts });
  const ignoredHosts = Object.keys(hosts);
  return [
    'The server ran as processes of this machine and shared CPU, memory and disk with whatever else ran here.',
    ...reachOf(cell),
    'Locks and query plans carry over to production; durations that come from hardware and disk do not.',
    `Client and server shared ${plural(availableParallelism(), 'CPU')}.`,
    'Text sorts as in the locale C.UTF-8, so plans for LIKE and ORDER BY on text may differ from production.',
    ...(postgres.standby
      ? [
          'The rehearsal asks for a standby; the embedded target has none, so replication lag was not measured.',
        ]
      : []),
    ...(ignoredHosts.length > 0
      ? [
          `The size of ${ignoredHosts.join(', ')} under hosts was not applied: the embedded target rents no hosts.`,
        ]
      : []),
    ...(drivers > 1 ? [`The ${drivers} driver hosts were as many processes of this machine.`] : []),
    ...(refused.length > 0
      ? [`Settings that the embedded target decides by itself were left out: ${refused.join(', ')}.`]
      : []),
  ];
}
