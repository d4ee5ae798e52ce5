import { z } from 'zod';
import { SIGNATURE } from '../provider-kit/wire.ts';
import { connectionSchema } from './connection.ts';

const ASSET = 'c44067f5952c0a294b673a41bacd8c17';

const triggers = z.array(z.unknown()).optional();

/** Inputs of `command:remote:Command`, without envelopes. */
export const commandSchema = z.strictObject({
  connection: connectionSchema,
  create: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().default(''),
  logging: z.literal('none', { error: 'must be none' }),
  addPreviousOutputInEnv: z.literal(false, { error: 'must be false' }),
  triggers,
});

export type CommandInputs = z.infer<typeof commandSchema>;

const sourceSchema = z.object(
  {
    [SIGNATURE]: z.literal(ASSET),
    /** Of the content. */
    hash: z.string().optional(),
    path: z.string().min(1),
  },
  { error: 'must be a FileAsset' },
);

/** Inputs of `command:remote:CopyToRemote`, without envelopes. */
export const copySchema = z.strictObject({
  connection: connectionSchema,
  remotePath: z.string().min(1, 'must not be empty'),
  source: sourceSchema,
  triggers,
});

export type CopyInputs = z.infer<typeof copySchema>;
