import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { HostSoftware } from '../contract/hosts.ts';
import type { Host } from './host.ts';
import { REPLICATION_USER, SUPERUSER } from '../postgres/names.ts';
import type { PostgresServer } from './postgres-server.ts';
import { remoteFile } from './remote-file.ts';
import { remoteStep } from './remote-step.ts';

interface StandbyArgs {
  readonly host: Host;
  readonly primary: Host;
  readonly server: PostgresServer;
  readonly software: HostSoftware;
  /** The server's own, on the host. */
  readonly serverUser: string;
  readonly port: number;
  readonly config: string;
  /** Path on this machine of the bundled `standby-tool/main.ts`. */
  readonly tool: string;
  readonly replicationPassword: string;
}

/** A hot standby that streams from the primary through a replication slot of its own. */
export class Standby extends ComponentResource {
  readonly ready: Resource;

  constructor(name: string, args: StandbyArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:Standby', name, {}, options);
    const { host, primary, server, software, serverUser, port, config, tool, replicationPassword } = args;
    const to = `${host.places.run}/standby-tool.mjs`;
    const copied = remoteFile(`${name}-tool`, { host, parent: this, from: tool, to });
    this.ready = remoteStep(`${name}-start`, {
      host,
      parent: this,
      script: 'standby.sh',
      variables: {
        bin: software.postgres.binDir,
        user: serverUser,
        node: software.nodePath,
        tool: to,
        config,
        home: host.places.postgres,
        address: host.address,
        primary: primary.address,
        port: String(port),
        superuser: SUPERUSER,
        replication_user: REPLICATION_USER,
      },
      secrets: [replicationPassword],
      dependsOn: [copied, server.ready],
    });
    this.registerOutputs({});
  }
}
