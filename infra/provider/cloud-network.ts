import { z } from 'zod';
import { CLOUD_NAMES, cloudOf } from '../clouds/index.ts';
import type { Network } from '../clouds/cloud.ts';
import { nameOf } from '../clouds/names.ts';
import { removeByName } from '../clouds/removal.ts';
import { madeOrRemoved } from './half-made-rental.ts';
import { changedInputs, defineResource, type Call, type Resource } from './resource.ts';

export const markerInputs = {
  cloud: z.enum(CLOUD_NAMES, { error: `not a cloud: ${CLOUD_NAMES.join(', ')}` }),
  runId: z.string().min(1),
  owner: z.string().min(1),
  expiresAt: z.iso.datetime({ error: 'not an ISO 8601 date and time in UTC' }),
  location: z.string().min(1),
};

const inputSchema = z.strictObject(markerInputs);
type Inputs = z.infer<typeof inputSchema>;

const stateSchema = z.looseObject({
  cloud: z.enum(CLOUD_NAMES),
  runId: z.string(),
  owner: z.string(),
  expiresAt: z.string(),
  networkId: z.string().optional(),
  subnet: z.string().optional(),
});

/** The private network of a run in a cloud. */
export function cloudNetwork(open = cloudOf): Resource {
  const made = ({ cloud: cloudName, location, ...marker }: Inputs, { signal }: Call): Promise<Network> => {
    const cloud = open(cloudName);
    const make = (onOrder: () => void): Promise<Network> =>
      cloud.makeNetwork({ marker, location, onOrder }, signal);
    return madeOrRemoved(cloud, nameOf(marker, 'network'), make, signal);
  };
  return defineResource({
    inputs: inputSchema,
    state: stateSchema,
    diff(state, inputs) {
      const replaces = changedInputs(state, inputs, Object.keys(inputSchema.shape));
      return { changes: replaces.length > 0 || state.networkId === undefined, replaces };
    },
    async create(inputs, call) {
      const { id, subnet } = await made(inputs, call);
      return { id, outputs: { networkId: id, subnet } };
    },
    async read(_id, state, { signal }) {
      const found = await open(state.cloud).find(signal);
      return found.some(({ name }) => name === nameOf(state, 'network')) ? {} : undefined;
    },
    async update(_id, _state, inputs, call) {
      const { id, subnet } = await made(inputs, call);
      return { networkId: id, subnet };
    },
    async delete(_id, state, { signal }) {
      const { networkId: id } = state;
      const made = id === undefined ? undefined : { kind: 'network' as const, id };
      await removeByName(open(state.cloud), nameOf(state, 'network'), { made }, signal);
    },
  });
}
