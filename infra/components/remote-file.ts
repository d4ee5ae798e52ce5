import { asset, type Resource } from '@pulumi/pulumi';
import { remote } from '@pulumi/command';
import type { Host } from './host.ts';

/** One file of this machine on a host. */
export function remoteFile(
  name: string,
  args: { readonly host: Host; readonly parent: Resource; readonly from: string; readonly to: string },
): remote.CopyToRemote {
  const { host, parent, from, to } = args;
  return new remote.CopyToRemote(
    name,
    { connection: host.connection, source: new asset.FileAsset(from), remotePath: to },
    {
      ...{ parent, provider: host.commands },
      deletedWith: host.machine,
      dependsOn: [host.machine],
      additionalSecretOutputs: ['connection'],
    },
  );
}
