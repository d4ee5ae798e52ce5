import { ComponentResource, type ComponentResourceOptions, type Resource } from '@pulumi/pulumi';
import type { HostSoftware } from '../contract/hosts.ts';
import type { Host } from './host.ts';
import { DATABASE, REPLICATION_USER, SUPERUSER } from '../postgres/names.ts';
import { remoteStep } from './remote-step.ts';

interface PostgresServerArgs {
  readonly host: Host;
  readonly software: HostSoftware;
  /** The server's own, on the host. */
  readonly serverUser: string;
  readonly port: number;
  /** postgresql.conf without the addresses, which the script adds. */
  readonly config: string;
  readonly subnet: Host['address'];
  /** Null where there is no standby. */
  readonly standbyAddress: Host['address'] | null;
  readonly passwords: { readonly superuser: string; readonly replication: string };
}

/** PostgreSQL on a host, with the empty database `rehearsal`; only the private network reaches it, by scram. */
export class PostgresServer extends ComponentResource {
  /** Others wait for this: then the server answers. */
  readonly ready: Resource;

  constructor(name: string, args: PostgresServerArgs, options?: ComponentResourceOptions) {
    super('rehearsal:index:PostgresServer', name, {}, options);
    const { host, software, serverUser, port, config, subnet, standbyAddress, passwords } = args;
    this.ready = remoteStep(`${name}-start`, {
      host,
      parent: this,
      script: 'postgres-server.sh',
      variables: {
        bin: software.postgres.binDir,
        home: host.places.postgres,
        user: serverUser,
        config,
        subnet,
        address: host.address,
        standby: standbyAddress ?? '',
        port: String(port),
        database: DATABASE,
        superuser: SUPERUSER,
        replication_user: REPLICATION_USER,
      },
      secrets: [passwords.superuser, passwords.replication],
    });
    this.registerOutputs({});
  }
}
