import type {
  CheckResult,
  CreateResult,
  DiffResult,
  Provider,
  ReadResult,
  UpdateResult,
} from '@pulumi/pulumi/provider/provider.js';
import { asError, RehearsalError } from '../../scripts/shared/errors.ts';
import { redact } from '../../scripts/shared/text/redact.ts';
import type { EngineLog } from '../provider-kit/engine-log.ts';
import type { Plugin } from '../provider-kit/serve.ts';
import { asSecret, isSecret, revealed, type WireProperties } from '../provider-kit/wire.ts';
import { PLUGIN_VERSION } from '../resources/plugin.ts';
import { inputMistakes } from './input-mistakes.ts';
import { HalfMade, type Call, type Properties, type Resource, type ResourceLog } from './resource.ts';

/** Answers the engine for all kinds of resources: envelopes off and on, mistakes by property, half-made things with their id. */
export class RehearsalProvider implements Provider {
  readonly version = PLUGIN_VERSION;
  readonly schema = JSON.stringify({ name: 'rehearsal', version: PLUGIN_VERSION });
  readonly #plugin: Plugin;
  readonly #resources: Readonly<Record<string, Resource>>;

  /** @param resources by type token, such as `rehearsal:index:Rehearsal` */
  constructor(plugin: Plugin, resources: Readonly<Record<string, Resource>>) {
    this.#plugin = plugin;
    this.#resources = resources;
  }

  async check(urn: string, olds: WireProperties, news: WireProperties): Promise<CheckResult> {
    return this.#answer(urn, (resource, call) => {
      const inputs = plain(news);
      const failures = inputMistakes(resource.inputs, inputs);
      const isNew = Object.keys(olds).length === 0;
      if (isNew && failures.length === 0) resource.announce?.(inputs, call);
      return Promise.resolve({ inputs: news, failures });
    });
  }

  async diff(_id: string, urn: string, state: WireProperties, news: WireProperties): Promise<DiffResult> {
    return this.#answer(urn, (resource, call) => {
      const { changes, replaces = [] } = resource.diff(plain(state), plain(news), call);
      return Promise.resolve({ changes, replaces: [...replaces], deleteBeforeReplace: true });
    });
  }

  async create(urn: string, inputs: WireProperties): Promise<CreateResult> {
    const create = async (resource: Resource, call: Call): Promise<CreateResult> => {
      const { id, outputs } = await resource.create(plain(inputs), call);
      return { id, outs: stateOf(inputs, outputs) };
    };
    return this.#answer(urn, create, inputs);
  }

  async read(id: string, urn: string, state: WireProperties): Promise<ReadResult> {
    return this.#answer(urn, async (resource, call) => {
      const outputs = await resource.read(id, plain(state), call);
      return outputs === undefined ? { id: '', props: {} } : { id, props: stateOf(state, outputs) };
    });
  }

  async update(
    id: string,
    urn: string,
    state: WireProperties,
    inputs: WireProperties,
  ): Promise<UpdateResult> {
    const update = async (resource: Resource, call: Call): Promise<UpdateResult> => {
      if (!resource.update) throw new Error(`${typeOf(urn)} is replaced, never updated`);
      return { outs: stateOf(inputs, await resource.update(id, plain(state), plain(inputs), call)) };
    };
    return this.#answer(urn, update, inputs);
  }

  async delete(id: string, urn: string, state: WireProperties): Promise<void> {
    await this.#answer(urn, (resource, call) => resource.delete(id, plain(state), call));
  }

  async #answer<T>(
    urn: string,
    work: (resource: Resource, call: Call) => Promise<T>,
    inputs: WireProperties = {},
  ): Promise<T> {
    const { log, calls } = this.#plugin;
    const resource = this.#resources[typeOf(urn)];
    if (!resource) throw new Error(`the plugin rehearsal has no resource ${typeOf(urn)}`);
    try {
      return await calls.run((signal) => work(resource, { signal, log: logOf(log, urn) }));
    } catch (error) {
      throw forEngine(error, inputs);
    } finally {
      await log.flushed();
    }
  }
}

/** `urn:pulumi:stack::project::parent:Type$rehearsal:index:Rehearsal::name` → `rehearsal:index:Rehearsal` */
function typeOf(urn: string): string {
  return urn.split('::')[2]?.split('$').at(-1) ?? '';
}

/** Plain values are for use only: whatever is stored goes through `stateOf`. */
function plain(wire: WireProperties): Properties {
  return revealed(wire) as Properties;
}

/** What is stored: the inputs as they came, secrets in their envelopes, and the outputs; one of a secret input's name is secret. */
function stateOf(inputs: WireProperties, outputs: Properties): WireProperties {
  const kept = Object.entries(outputs).map(([key, value]): [string, unknown] => [
    key,
    isSecret(inputs[key]) ? asSecret(value) : value,
  ]);
  return { ...inputs, ...Object.fromEntries(kept) };
}

function logOf(log: EngineLog, urn: string): ResourceLog {
  return {
    progress: (message) => {
      log.status(urn, redact(message));
    },
    note: (message) => {
      log.write('info', urn, redact(message));
    },
    warn: (message) => {
      log.write('warning', urn, redact(message));
    },
  };
}

/** The engine shows the message and nothing else, so what to do next belongs to it. */
function forEngine(thrown: unknown, inputs: WireProperties): Error {
  if (thrown instanceof HalfMade) {
    const { id, outputs, reasons, message } = thrown;
    return Object.assign(new Error(message), { id, properties: stateOf(inputs, outputs), reasons });
  }
  const error = asError(thrown);
  const hint = error instanceof RehearsalError ? error.hint : undefined;
  return new Error(hint === undefined ? error.message : `${error.message}\nhint: ${hint}`, { cause: error });
}
