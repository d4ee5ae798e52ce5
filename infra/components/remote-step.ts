import { readFileSync } from 'node:fs';
import { all, output, secret, type Input, type Resource } from '@pulumi/pulumi';
import { remote } from '@pulumi/command';
import { shellWord } from '../ssh/quote.ts';
import type { Host } from './host.ts';

export interface RemoteStepArgs {
  readonly host: Host;
  readonly parent: Resource;
  /** File name of a script in this folder; run by the shell of root on the host, and safe to run again. */
  readonly script: string;
  /** Shell variables that the script reads. Not for secrets: the script is part of a command line. */
  readonly variables: Readonly<Record<string, Input<string>>>;
  /** Secrets, one a line on the script's stdin, in the order in which it reads them. */
  readonly secrets?: readonly string[];
  readonly dependsOn?: readonly Resource[];
}

/** A short command on a host. It has nothing to undo: what it made goes with the host. */
export function remoteStep(name: string, args: RemoteStepArgs): remote.Command {
  const { host, parent, script, variables, secrets = [], dependsOn = [] } = args;
  const text = readFileSync(new URL(script, import.meta.url), 'utf8');
  const create = all(variables).apply((values) =>
    [...Object.entries(values).map(([key, value]) => `${key}=${shellWord(value)}`), text].join('\n'),
  );
  return new remote.Command(
    name,
    {
      create: output(create),
      connection: host.connection,
      addPreviousOutputInEnv: false,
      logging: 'none',
      ...(secrets.length === 0 ? {} : { stdin: secret(secrets.map((value) => `${value}\n`).join('')) }),
    },
    {
      ...{ parent, provider: host.commands },
      deletedWith: host.machine,
      dependsOn: [host.machine, ...dependsOn],
      additionalSecretOutputs: ['connection', 'stdin'],
    },
  );
}
