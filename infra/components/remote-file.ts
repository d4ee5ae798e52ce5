import { asset, type Resource } from '@pulumi/pulumi';
import { remote } from '@pulumi/command';
import type { StepHost } from './remote-step.ts';

/** One file of this machine on a host. */
export function remoteFile(
  name: string,
  args: { readonly host: StepHost; readonly parent: Resource; readonly from: string; readonly to: string },
): remote.CopyToRemote {
  const { host, parent, from, to } = args;
  const { deletedWith } = host;
  return new remote.CopyToRemote(
    name,
    { connection: host.connection, source: new asset.FileAsset(from), remotePath: to },
    {
      parent,
      provider: host.commands,
      ...(deletedWith === undefined ? {} : { deletedWith }),
      dependsOn: [...host.ready],
      additionalSecretOutputs: ['connection'],
    },
  );
}
