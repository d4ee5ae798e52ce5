import { z } from 'zod';
import type { SshAccess } from '../ssh/access.ts';

const endpoint = {
  host: z.string().min(1, 'must name a host'),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).default('root'),
  privateKey: z.string().optional(),
  agentSocketPath: z.string().optional(),
  /** How many dials may fail before the next failure counts; below 0 there is no limit. */
  dialErrorLimit: z.int().default(10),
  /** Seconds until one dial has failed. */
  perDialTimeout: z.int().positive().default(15),
  /** As in known_hosts without the host: no host is taken on trust. */
  hostKey: z.string({ error: 'must be given: no host is taken on trust' }),
};

const endpointSchema = z.strictObject(endpoint);

/** How to reach a host, defaults filled in. Holds secrets: never log it as a whole. */
export const connectionSchema = z.strictObject({ ...endpoint, proxy: endpointSchema.optional() });

type Endpoint = z.infer<typeof endpointSchema>;
export type Connection = z.infer<typeof connectionSchema>;

export function accessOf({ proxy, ...end }: Connection): SshAccess {
  return { ...ofEndpoint(end), ...(proxy === undefined ? {} : { jump: ofEndpoint(proxy) }) };
}

function ofEndpoint({ host, port, user, privateKey, agentSocketPath, hostKey }: Endpoint): SshAccess {
  return {
    host,
    port,
    username: user,
    hostKey,
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(agentSocketPath === undefined ? {} : { agent: agentSocketPath }),
  };
}
