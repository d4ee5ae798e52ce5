import { z } from 'zod';
import { asError } from '../../scripts/shared/errors.ts';
import { CLOUD_NAMES, cloudOf } from '../clouds/index.ts';
import { nameOf } from '../clouds/names.ts';
import { removeByName } from '../clouds/removal.ts';
import { rent, type Rented } from '../clouds/rent.ts';
import { markerInputs } from './cloud-network.ts';
import { changedInputs, defineResource, HalfMade, type Properties } from './resource.ts';

const inputSchema = z.strictObject({
  ...markerInputs,
  role: z.string().regex(/^[a-z]+$/, { error: 'not a role such as primary' }),
  image: z.string().min(1),
  plans: z.array(z.string().min(1)).min(1, { error: 'no plan to order' }),
  networkId: z.string().min(1),
  /** An OpenSSH public key as one line. */
  authorizedKey: z.string().regex(/^\S+ \S+.*$/, { error: 'not an OpenSSH public key' }),
  allowUpFront: z.boolean(),
});
type Inputs = z.infer<typeof inputSchema>;

const stateSchema = z.looseObject({
  cloud: z.enum(CLOUD_NAMES),
  runId: z.string(),
  owner: z.string(),
  expiresAt: z.string(),
  role: z.string(),
  hostId: z.string().optional(),
  hostKey: z.string().optional(),
});

/** A rented host whose SSH answers. */
export const cloudHost = defineResource({
  inputs: inputSchema,
  state: stateSchema,
  diff(state, inputs) {
    const replaces = changedInputs(state, inputs, Object.keys(inputSchema.shape));
    return { changes: replaces.length > 0 || state.hostKey === undefined, replaces };
  },
  async create(inputs, { signal, log }) {
    const { cloud, runId, owner, expiresAt, role } = inputs;
    const name = nameOf({ runId, owner, expiresAt }, role);
    log.progress(`ordering ${name}`);
    try {
      const rented = await rentFor(inputs, signal);
      signal.throwIfAborted();
      for (const note of rented.notes) log.note(`${role}: ${note}`);
      return { id: rented.vm.id, outputs: outputsOf(rented) };
    } catch (error) {
      // Under a signal of its own: what was ordered costs money, whoever has given up on it.
      const left = await removeByName(cloudOf(cloud), name).catch(asError);
      if (left === undefined) throw error;
      throw new HalfMade(name, {}, [asError(error).message, `and it may be left: ${left.message}`]);
    }
  },
  async read(_id, state, { signal }) {
    const found = await cloudOf(state.cloud).find(signal);
    return found.some(({ id, kind }) => kind === 'host' && id === state.hostId) ? {} : undefined;
  },
  update: async (_id, _state, inputs, { signal }) => outputsOf(await rentFor(inputs, signal)),
  async delete(_id, state, { signal }) {
    await removeByName(cloudOf(state.cloud), nameOf(state, state.role), signal);
  },
});

function rentFor(inputs: Inputs, signal: AbortSignal): Promise<Rented> {
  const { cloud, runId, owner, expiresAt, ...rental } = inputs;
  return rent(cloudOf(cloud), { ...rental, marker: { runId, owner, expiresAt } }, signal);
}

function outputsOf({ vm, plan, hostKey, notes }: Rented): Properties {
  return {
    hostId: vm.id,
    hostName: vm.name,
    address: vm.privateAddress,
    publicAddress: vm.publicAddress,
    hostKey,
    plan,
    notes,
  };
}
