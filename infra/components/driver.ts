import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { HostSoftware } from '../contract/hosts.ts';
import type { Host } from './host.ts';
import type { PostgresServer } from './postgres-server.ts';
import { driverPaths } from './driver-paths.ts';
import { remoteFile } from './remote-file.ts';
import { remoteStep } from './remote-step.ts';

interface DriverArgs {
  readonly host: Host;
  readonly primary: Host;
  readonly server: PostgresServer;
  readonly software: HostSoftware;
  readonly port: number;
  /** Path on this machine of the engine as one file. */
  readonly bundle: string;
}

/** The host from which the rehearsal runs: the engine's file, a private folder for its job, a way to the primary. */
export class Driver extends ComponentResource {
  readonly ready: Resource;

  constructor(name: string, args: DriverArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:Driver', name, {}, options);
    const { host, primary, server, software, port, bundle } = args;
    const at = driverPaths(host.places);
    const copied = remoteFile(`${name}-bundle`, { host, parent: this, from: bundle, to: at.bundle });
    this.ready = remoteStep(`${name}-prepare`, {
      host,
      parent: this,
      script: 'driver.sh',
      variables: {
        node: software.nodePath,
        bundle: at.bundle,
        job: at.job,
        primary: primary.address,
        port: String(port),
      },
      dependsOn: [copied, server.ready],
    });
    this.registerOutputs({});
  }
}
