import type {
  CheckResult,
  CreateResult,
  DiffResult,
  InvokeResult,
  Provider,
  UpdateResult,
} from '@pulumi/pulumi/provider/provider.js';
import type { Plugin } from '../provider-kit/serve.ts';
import type { WireProperties } from '../provider-kit/wire.ts';
import type { Call } from './call.ts';
import { checkInputs } from './check-inputs.ts';
import { createCopy, updateCopy } from './copy-to-remote.ts';
import { commandSchema, copySchema } from './inputs.ts';
import { createCommand, deleteCommand, updateCommand } from './remote-command.ts';
import { diffTriggers } from './triggers.ts';
import { INSTALL_OFFICIAL, VERSION } from './version.ts';

const RESOURCES = {
  'command:remote:Command': {
    schema: commandSchema,
    create: createCommand,
    update: updateCommand,
    delete: deleteCommand,
  },
  'command:remote:CopyToRemote': {
    schema: copySchema,
    create: createCopy,
    update: updateCopy,
    delete: (): Promise<void> => Promise.resolve(),
  },
} as const;

type Token = keyof typeof RESOURCES;

/** Answers for the provider `command` where its official plugin cannot be had. */
export class CommandProvider implements Provider {
  readonly version = VERSION;
  readonly schema = JSON.stringify({ name: 'command', version: VERSION });
  private readonly plugin: Plugin;

  constructor(plugin: Plugin) {
    this.plugin = plugin;
  }

  check(urn: string, _olds: WireProperties, news: WireProperties): Promise<CheckResult> {
    const token = tokenOf(urn);
    if (isKnown(token)) return Promise.resolve(checkInputs(RESOURCES[token].schema, news));
    return Promise.resolve({ inputs: news, failures: [{ property: '', reason: unsupported(token) }] });
  }

  diff(_id: string, _urn: string, olds: WireProperties, news: WireProperties): Promise<DiffResult> {
    return Promise.resolve(diffTriggers(olds, news));
  }

  create(urn: string, inputs: WireProperties): Promise<CreateResult> {
    return this.run(urn, (call) => resource(urn).create(call, inputs));
  }

  update(_id: string, urn: string, olds: WireProperties, news: WireProperties): Promise<UpdateResult> {
    return this.run(urn, (call) => resource(urn).update(call, olds, news));
  }

  delete(_id: string, urn: string, state: WireProperties): Promise<void> {
    return this.run(urn, (call) => resource(urn).delete(call, state));
  }

  invoke(token: string): Promise<InvokeResult> {
    return Promise.reject(new Error(unsupported(token)));
  }

  private async run<T>(urn: string, work: (call: Call) => Promise<T>): Promise<T> {
    const { log, calls } = this.plugin;
    return calls.run(async (signal) => {
      try {
        return await work({ urn, log, signal });
      } finally {
        await log.flushed();
      }
    });
  }
}

/** The type of a resource, without those of its parents. */
function tokenOf(urn: string): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

function isKnown(token: string): token is Token {
  return token in RESOURCES;
}

function resource(urn: string): (typeof RESOURCES)[Token] {
  const token = tokenOf(urn);
  if (!isKnown(token)) throw new Error(unsupported(token));
  return RESOURCES[token];
}

function unsupported(token: string): string {
  return (
    `${token} is not supported by the stand-in for the command plugin, which offers ${Object.keys(RESOURCES).join(' and ')}: ` +
    INSTALL_OFFICIAL
  );
}
