import { z } from 'zod';

const endpoint = {
  host: z.string().min(1, 'must name a host'),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).default('root'),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  agentSocketPath: z.string().optional(),
  /** How many dials may fail before the next failure counts; below 0 there is no limit. */
  dialErrorLimit: z.int().default(10),
  /** Seconds until one dial has failed; 0: no limit. */
  perDialTimeout: z.int().nonnegative().default(15),
  /** As in known_hosts without the host; without it every host key is taken. */
  hostKey: z.string().optional(),
};

const endpointSchema = z.strictObject(endpoint);

/** How to reach a host, defaults filled in. Holds secrets: never log it as a whole. */
export const connectionSchema = z.strictObject({ ...endpoint, proxy: endpointSchema.optional() });

export type Endpoint = z.infer<typeof endpointSchema>;
export type Connection = z.infer<typeof connectionSchema>;

/** For messages: who is asked for, and where. */
export function addressOf({ user, host, port }: Endpoint): string {
  return `${user}@${host.includes(':') ? `[${host}]` : host}:${port}`;
}
