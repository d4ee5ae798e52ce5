import { z } from 'zod';
import { CLOUD_NAMES, cloudOf } from '../clouds/index.ts';
import { nameOf } from '../clouds/names.ts';
import { removeByName } from '../clouds/removal.ts';
import { rent, type Rented } from '../clouds/rent.ts';
import { markerInputs } from './cloud-network.ts';
import { madeOrRemoved } from './half-made-rental.ts';
import { changedInputs, defineResource, type Call, type Properties, type Resource } from './resource.ts';

const inputSchema = z.strictObject({
  ...markerInputs,
  role: z.string().regex(/^[a-z]+(-\d+)?$/, { error: 'not a role such as primary' }),
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
export function cloudHost(open = cloudOf): Resource {
  /** What does not get as far as that is removed. */
  const rented = async (inputs: Inputs, { signal, log }: Call): Promise<Rented> => {
    const { cloud: cloudName, runId, owner, expiresAt, ...rental } = inputs;
    const [cloud, marker] = [open(cloudName), { runId, owner, expiresAt }];
    const name = nameOf(marker, rental.role);
    log.progress(`ordering ${name}`);
    return madeOrRemoved(
      cloud,
      name,
      (onOrder) => rent(cloud, { ...rental, marker, onOrder }, signal),
      signal,
    );
  };
  return defineResource({
    inputs: inputSchema,
    state: stateSchema,
    diff(state, inputs) {
      const replaces = changedInputs(state, inputs, Object.keys(inputSchema.shape));
      return { changes: replaces.length > 0 || state.hostKey === undefined, replaces };
    },
    async create(inputs, call) {
      const made = await rented(inputs, call);
      for (const note of made.notes) call.log.note(`${inputs.role}: ${note}`);
      return { id: made.vm.id, outputs: outputsOf(made) };
    },
    async read(_id, state, { signal }) {
      const found = await open(state.cloud).find(signal);
      return found.some(({ name }) => name === nameOf(state, state.role)) ? {} : undefined;
    },
    update: async (_id, _state, inputs, call) => outputsOf(await rented(inputs, call)),
    async delete(_id, state, { signal }) {
      const made = state.hostId === undefined ? undefined : { kind: 'host' as const, id: state.hostId };
      await removeByName(open(state.cloud), nameOf(state, state.role), { made }, signal);
    },
  });
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
