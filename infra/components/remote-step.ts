import { all, output, secret, type Input, type Output, type Resource } from '@pulumi/pulumi';
import { remote, type Provider } from '@pulumi/command';
import type { types } from '@pulumi/command';
import type { HostPlaces, Reach } from '../contract/hosts.ts';
import { asRoot, plainScript } from './remote-script.ts';

/** What a step needs to know of its host. */
export interface StepHost extends Resource {
  readonly commands: Provider;
  /** For remote commands; a secret as a whole. */
  readonly connection: Output<types.input.remote.ConnectionArgs>;
  readonly reach: Output<Reach>;
  readonly places: HostPlaces;
  /** As in `EnvironmentPlan`: what stands on the host is made anew in each. */
  readonly lap: number;
  /** The machine, where what lives on it goes when it goes; undefined where it outlives the stack. */
  readonly deletedWith: Resource | undefined;
  /** Everything that is done on it waits for these. */
  readonly ready: readonly Resource[];
}

export interface RemoteStepArgs {
  readonly host: StepHost;
  readonly parent: Resource;
  /** File name of a script in this folder; run by the shell of root on the host, and safe to run again. */
  readonly script: string;
  /** Shell text behind it. */
  readonly more?: string;
  /** Shell variables that the script reads. Not for secrets: the script is part of a command line. */
  readonly variables: Readonly<Record<string, Input<string>>>;
  /** Secrets, one a line on the script's stdin, in the order in which it reads them. */
  readonly secrets?: readonly string[];
  readonly dependsOn?: readonly Resource[];
  /** It is done once for all that the host is used for. */
  readonly once?: true;
  /** Shell of root that takes it back, where it does not go with the host. */
  readonly undo?: string;
}

/** A short command on a host. What it made goes with the host, or with the folders of the run there. */
export function remoteStep(name: string, args: RemoteStepArgs): remote.Command {
  const { host, parent, script, more = '', variables, secrets = [], dependsOn = [], undo } = args;
  const create = all([host.reach, all({ ...variables, ...lapOf(args) })]).apply(([{ user }, values]) =>
    asRoot(user, `${plainScript(script, values)}${more}`),
  );
  const { deletedWith } = host;
  return new remote.Command(
    name,
    {
      create: output(create),
      connection: host.connection,
      addPreviousOutputInEnv: false,
      logging: 'none',
      ...(undo === undefined ? {} : { delete: host.reach.apply(({ user }) => asRoot(user, undo)) }),
      ...(secrets.length === 0 ? {} : { stdin: secret(secrets.map((value) => `${value}\n`).join('')) }),
    },
    {
      parent,
      provider: host.commands,
      ...(deletedWith === undefined ? {} : { deletedWith }),
      dependsOn: [...host.ready, ...dependsOn],
      additionalSecretOutputs: ['connection', 'stdin'],
    },
  );
}

/** Another text is another command: it runs again. */
function lapOf({ host, once }: RemoteStepArgs): { readonly lap?: string } {
  return once || host.lap === 1 ? {} : { lap: String(host.lap) };
}
