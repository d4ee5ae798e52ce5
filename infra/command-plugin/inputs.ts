import { z } from 'zod';
import { SIGNATURE } from '../provider-kit/wire.ts';
import { connectionSchema } from './ssh/connection.ts';

const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';

const triggers = z.array(z.unknown()).optional();

/** Inputs of `command:remote:Command`, without envelopes. */
export const commandSchema = z.strictObject({
  connection: connectionSchema,
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  stdin: z.string().default(''),
  logging: z.enum(['stdout', 'stderr', 'stdoutAndStderr', 'none']).default('stdoutAndStderr'),
  addPreviousOutputInEnv: z.boolean().default(true),
  triggers,
});

export type CommandInputs = z.infer<typeof commandSchema>;

const hash = z.string().optional();

const sourceSchema = z.discriminatedUnion(
  SIGNATURE,
  [
    z.object({
      [SIGNATURE]: z.literal(ASSET),
      hash,
      path: z.string().optional(),
      text: z.string().optional(),
    }),
    z.object({ [SIGNATURE]: z.literal(ARCHIVE), hash, path: z.string().optional() }),
  ],
  { error: 'must be a FileAsset, a StringAsset or a FileArchive' },
);

/** Where the bytes come from: a file or folder of this machine, or a text. `hash` is of the content. */
type Source = { readonly hash: string | undefined } & ({ readonly path: string } | { readonly text: string });

/** Inputs of `command:remote:CopyToRemote`, without envelopes. */
export const copySchema = z.strictObject({
  connection: connectionSchema,
  remotePath: z.string().min(1, 'must not be empty'),
  source: sourceSchema.transform((source, context): Source => {
    if (source.path) return { hash: source.hash, path: source.path };
    if ('text' in source && source.text !== undefined) return { hash: source.hash, text: source.text };
    context.addIssue({
      code: 'custom',
      message: 'must be a FileAsset, a StringAsset or a FileArchive of a path',
    });
    return z.NEVER;
  }),
  triggers,
});

export type CopyInputs = z.infer<typeof copySchema>;
