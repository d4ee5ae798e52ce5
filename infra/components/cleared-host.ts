import type { Resource } from '@pulumi/pulumi';
import { WAITS_FOLDER } from '../../scripts/tracing/beside/protocol.ts';
import { driverPaths } from './driver-paths.ts';
import { remoteStep, type StepHost } from './remote-step.ts';

/** Nothing of the rehearsal before is on the host: no server, no data, no job, no process of either. */
export function clearedHost(name: string, host: StepHost): Resource {
  const { places } = host;
  return remoteStep(name, {
    host,
    parent: host,
    script: 'clear-host.sh',
    variables: { home: places.postgres, job: driverPaths(places).job, waits: WAITS_FOLDER },
  });
}
