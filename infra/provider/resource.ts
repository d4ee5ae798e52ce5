import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { RehearsalError } from '../../scripts/shared/errors.ts';

/** A bag of values by name. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a resource tells while it works; the engine shows it under the resource's name. */
export interface ResourceLog {
  /** Only while it is true: the engine's status line. */
  progress(message: string): void;
  /** Stays on the screen and in logs. */
  readonly note: (message: string) => void;
  warn(message: string): void;
}

export interface Call {
  /** Aborts on Ctrl-C and when the engine is gone. */
  readonly signal: AbortSignal;
  readonly log: ResourceLog;
}

interface Difference {
  readonly changes: boolean;
  /** Inputs that no update can change. */
  readonly replaces?: readonly string[];
}

/**
 * One kind of resource. `I` are its inputs, `S` its state as it is stored: inputs and outputs; a state of a creation that
 * failed half-way has only some of them. Everything that an aborted or failed `create` made must be gone when it rejects,
 * unless it rejects with a HalfMade.
 */
interface ResourceDefinition<I, S> {
  readonly inputs: z.ZodType<I>;
  readonly state: z.ZodType<S>;
  /** Tells what is going to be created. In a preview some inputs may not be known yet, so they come as they are. */
  readonly announce?: (inputs: Properties, call: Call) => void;
  /** The same inputs against what is there. */
  diff(state: S, inputs: Properties, call: Call): Difference;
  create(inputs: I, call: Call): Promise<{ readonly id: string; readonly outputs: Properties }>;
  /** Its outputs now, or undefined when it is gone. */
  read(id: string, state: S, call: Call): Promise<Properties | undefined>;
  /** New outputs. Resources without it are replaced on every change. */
  readonly update?: (id: string, state: S, inputs: I, call: Call) => Promise<Properties>;
  /** Succeeds when it is gone already. */
  delete(id: string, state: S, call: Call): Promise<void>;
}

/** Created, but not well: the engine stores it with its reasons, repairs it in the next update, and can delete it. */
export class HalfMade extends Error {
  readonly id: string;
  readonly outputs: Properties;
  readonly reasons: readonly string[];

  constructor(id: string, outputs: Properties, reasons: readonly string[]) {
    super(reasons.join('\n'));
    this.name = 'HalfMade';
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

/** A definition whose types the server need not know: it takes plain values, without envelopes. */
export type Resource = ResourceDefinition<Properties, Properties>;

/** Checks what comes from the wire before a definition sees it. */
export function defineResource<I, S>(definition: ResourceDefinition<I, S>): Resource {
  const inputsOf = (values: Properties): I => parsed(definition.inputs, values, 'inputs');
  const stateOf = (values: Properties): S => parsed(definition.state, values, 'state');
  const { announce, update } = definition;
  return {
    inputs: definition.inputs as z.ZodType<Properties>,
    state: definition.state as z.ZodType<Properties>,
    ...(announce && { announce }),
    diff: (state, inputs, call) => definition.diff(stateOf(state), inputs, call),
    create: (inputs, call) => definition.create(inputsOf(inputs), call),
    read: (id, state, call) => definition.read(id, stateOf(state), call),
    ...(update && {
      update: (id: string, state: Properties, inputs: Properties, call: Call) =>
        update(id, stateOf(state), inputsOf(inputs), call),
    }),
    delete: (id, state, call) => definition.delete(id, stateOf(state), call),
  };
}

/** Those of the named inputs whose value is another one than the state holds. */
export function changedInputs(state: Properties, inputs: Properties, names: readonly string[]): string[] {
  return names.filter((name) => !isDeepStrictEqual(state[name], inputs[name]));
}

function parsed<T>(schema: z.ZodType<T>, values: Properties, what: string): T {
  const { success, data, error } = schema.safeParse(values);
  if (success) return data;
  throw new RehearsalError('CONFIG_INVALID', `these ${what} cannot be read: ${z.prettifyError(error)}`, {
    hint: 'was the stack made by another version? pulumi refresh, or pulumi destroy and start again',
  });
}
