import { z } from 'zod';
import { asError } from '../../scripts/shared/errors.ts';
import { CLOUD_NAMES, cloudOf } from '../clouds/index.ts';
import { nameOf } from '../clouds/names.ts';
import { removeByName } from '../clouds/removal.ts';
import { whyHalfMade } from './half-made-rental.ts';
import { changedInputs, defineResource, HalfMade, type Resource } from './resource.ts';

export const markerInputs = {
  cloud: z.enum(CLOUD_NAMES, { error: `not a cloud: ${CLOUD_NAMES.join(', ')}` }),
  runId: z.string().min(1),
  owner: z.string().min(1),
  expiresAt: z.iso.datetime({ error: 'not an ISO 8601 date and time in UTC' }),
  location: z.string().min(1),
};

const inputSchema = z.strictObject(markerInputs);

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
  return defineResource({
    inputs: inputSchema,
    state: stateSchema,
    diff(state, inputs) {
      const replaces = changedInputs(state, inputs, Object.keys(inputSchema.shape));
      return { changes: replaces.length > 0 || state.networkId === undefined, replaces };
    },
    async create(inputs, { signal }) {
      const marker = { runId: inputs.runId, owner: inputs.owner, expiresAt: inputs.expiresAt };
      const name = nameOf(marker, 'network');
      const cloud = open(inputs.cloud);
      try {
        const { id, subnet } = await cloud.makeNetwork({ marker, location: inputs.location }, signal);
        signal.throwIfAborted();
        return { id, outputs: { networkId: id, subnet } };
      } catch (error) {
        const left = await removeByName(cloud, name).catch(asError);
        if (left === undefined) throw error;
        throw new HalfMade(name, {}, whyHalfMade(error, left));
      }
    },
    async read(_id, state, { signal }) {
      const found = await open(state.cloud).find(signal);
      return found.some(({ name }) => name === nameOf(state, 'network')) ? {} : undefined;
    },
    async update(_id, state, inputs, { signal }) {
      const marker = { runId: state.runId, owner: state.owner, expiresAt: state.expiresAt };
      const { id, subnet } = await open(state.cloud).makeNetwork(
        { marker, location: inputs.location },
        signal,
      );
      return { networkId: id, subnet };
    },
    async delete(_id, state, { signal }) {
      await removeByName(open(state.cloud), nameOf(state, 'network'), signal);
    },
  });
}
