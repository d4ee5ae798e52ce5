import { z } from 'zod';
import {
  createLocalNetwork,
  localNetworkAlive,
  removeLocalNetwork,
} from '../targets/local/network/network.ts';
import { processIdentitySchema } from '../process-identity.ts';
import { changedInputs, defineResource } from './resource.ts';

const inputSchema = z.strictObject({
  runId: z.string().min(1),
  expiresAt: z.iso.datetime({ offset: true, error: 'not an ISO 8601 date and time with its zone' }),
  /** The process whose end is the network's end too. */
  controller: processIdentitySchema.exactOptional(),
  /** `10.89.7.0/24`; without it a free one is chosen. */
  subnet: z.cidrv4({ error: 'not an IPv4 network such as 10.89.7.0/24' }).exactOptional(),
});

const stateSchema = z.looseObject({
  runId: z.string(),
  expiresAt: z.string(),
  bridge: z.string(),
  subnet: z.string(),
  gateway: z.string(),
  bootId: z.string(),
});

/** A private network of namespaces on this machine. */
export const localNetwork = defineResource({
  inputs: inputSchema,
  state: stateSchema,
  diff(state, inputs) {
    const names = ['runId', 'expiresAt', 'controller', ...(inputs['subnet'] === undefined ? [] : ['subnet'])];
    const replaces = changedInputs(state, inputs, names);
    return { changes: replaces.length > 0, replaces };
  },
  async create({ runId, expiresAt, controller = null, subnet }, { signal }) {
    const spec = { runId, expiresAt, controller, ...(subnet === undefined ? {} : { subnet }) };
    const network = await createLocalNetwork(spec, signal);
    return { id: `${runId}/network`, outputs: { ...network } };
  },
  read: async (_id, state) => ((await localNetworkAlive(state)) ? {} : undefined),
  delete: (_id, { runId }) => removeLocalNetwork(runId),
});
