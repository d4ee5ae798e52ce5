import { z } from 'zod';
import { processIdentitySchema } from '../process-identity.ts';
import { createLocalHost, localHostAlive, removeLocalHost } from '../targets/local/host.ts';
import { changedInputs, defineResource } from './resource.ts';

const positive = z.number().positive();

const inputSchema = z.strictObject({
  runId: z.string().min(1),
  role: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'not a role such as primary' }),
  address: z.ipv4({ error: 'not an IPv4 address such as 10.89.7.10' }),
  network: z.object({ bridge: z.string(), subnet: z.string(), gateway: z.string(), bootId: z.string() }),
  expiresAt: z.iso.datetime({ offset: true, error: 'not an ISO 8601 date and time with its zone' }),
  /** The process whose end is the host's end too. */
  controller: processIdentitySchema.exactOptional(),
  cpu: positive.exactOptional(),
  memoryBytes: positive.exactOptional(),
  diskBytesPerSec: positive.exactOptional(),
  linkBitsPerSec: positive.exactOptional(),
  linkDelayMs: z.number().nonnegative().exactOptional(),
  /** An OpenSSH public key as one line. */
  authorizedKey: z.string().regex(/^\S+ \S+.*$/, { error: 'not an OpenSSH public key' }),
  /** Paths of this machine that the host may read. */
  share: z.array(z.strictObject({ from: z.string().startsWith('/'), to: z.string().startsWith('/') })),
});

const stateSchema = z.looseObject({
  runId: z.string(),
  role: z.string(),
  address: z.string(),
  hostKey: z.string(),
  pid: z.number(),
  startTime: z.string(),
  bootId: z.string(),
  notes: z.array(z.string()).default([]),
});

/** A host of namespaces on this machine that answers SSH. */
export const localHost = defineResource({
  inputs: inputSchema,
  state: stateSchema,
  diff(state, inputs) {
    const replaces = changedInputs(state, inputs, Object.keys(inputSchema.shape));
    return { changes: replaces.length > 0, replaces };
  },
  async create({ controller = null, network, ...inputs }, { signal, log }) {
    const { runId, role, expiresAt } = inputs;
    const spec = { ...inputs, controller, network: { ...network, runId, expiresAt } };
    const host = await createLocalHost(spec, signal);
    for (const note of host.notes) log.note(note);
    return { id: `${runId}/${role}`, outputs: { ...host } };
  },
  read: async (_id, state) => ((await localHostAlive(state)) ? {} : undefined),
  delete: (_id, { runId, role }) => removeLocalHost(runId, role),
});
