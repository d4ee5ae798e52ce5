import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The last file of a base, and its claim: a folder without it is none. */
export const MANIFEST = 'base.json';
export const DATA = 'data';

const manifestSchema = z.object({
  claim: z.literal('dress-rehearsal base'),
  /** What it was made of and by, as `baseKey` writes it. */
  key: z.string(),
  /** How messages call the snapshot. */
  source: z.string(),
  server: z.string(),
  /** What its server told of itself, as whoever keeps it asked; a server that tells something else does not begin on it. */
  surroundings: z.string().default(''),
  /** ISO 8601 UTC. */
  madeAt: z.string(),
  /** What making it took, without the copying. */
  madeInMs: z.number(),
  sizeBytes: z.number(),
  /** Of the data folder: paths, and sizes in bytes. */
  files: z.record(z.string(), z.number()),
  /** What the restore recorded. */
  facts: z.unknown(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Undefined where there is none that can be read. */
export async function readManifest(base: string): Promise<Manifest | undefined> {
  const text = await readFile(join(base, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
