import { join } from 'node:path';
import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { TRACE_WAITS, WAITS_FOLDER } from '../../scripts/tracing/beside/protocol.ts';
import type { HostSoftware } from '../contract/hosts.ts';
import type { Host } from './host.ts';
import type { PostgresServer } from './postgres-server.ts';
import { remoteFile } from './remote-file.ts';
import { remoteStep } from './remote-step.ts';

interface WaitTracerArgs {
  readonly host: Host;
  readonly server: PostgresServer;
  readonly software: HostSoftware;
  /** Path on this machine of the engine as one file, which is the tracer as well; null = the tracer runs elsewhere. */
  readonly program: string | null;
}

/** What tells the driver of the server's waits: two files on its host, and a process of root that fills one of them. */
export class WaitTracer extends ComponentResource {
  constructor(name: string, args: WaitTracerArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:WaitTracer', name, {}, options);
    const { host, server, software, program } = args;
    const to = `${host.places.run}/tracer.mjs`;
    const copied =
      program === null ? [] : [remoteFile(`${name}-program`, { host, parent: this, from: program, to })];
    remoteStep(`${name}-start`, {
      host,
      parent: this,
      script: 'wait-tracer.sh',
      variables: {
        folder: WAITS_FOLDER,
        home: host.places.postgres,
        node: software.nodePath,
        program: program === null ? '' : to,
        mode: TRACE_WAITS,
        postgres: join(software.postgres.binDir, 'postgres'),
      },
      dependsOn: [...copied, server.ready],
    });
    this.registerOutputs({});
  }
}
