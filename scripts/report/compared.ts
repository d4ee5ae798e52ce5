import { z } from 'zod';
import type { RunFolder } from '../artifacts/run-folder.ts';
import { readPlainFile } from '../shared/files/plain-file.ts';

/** Beside the evidence and not of it: what earlier runs were like changes no verdict. */
export const COMPARED_FILE = 'compared.json';

const comparedSchema = z.object({
  schemaVersion: z.literal(1),
  /** The last run before this one that passed with the same plan. */
  runId: z.string(),
  /** Such as `of main`; empty in older ones. */
  whose: z.string().default(''),
  /** ISO 8601 UTC. */
  startedAt: z.string(),
  /** What else is not the same in the two runs, as sentences. */
  changes: z.array(z.string()),
  /** A row for each figure, as people read it, with its unit. */
  figures: z.array(
    z.object({
      title: z.string(),
      before: z.string(),
      after: z.string(),
      change: z.string(),
      judgement: z.enum(['better', 'worse', 'within noise', 'noise not known', 'new', 'gone']),
      /** The smallest change that shows on this host, and what tells so; empty where nothing does. */
      smallest: z.string(),
    }),
  ),
});

/** A run beside the last good one before it, in words. */
export type Compared = z.infer<typeof comparedSchema>;

/** Undefined where nothing was there to compare with, or the file cannot be read. */
export async function comparedOf(folder: Pick<RunFolder, 'file'>): Promise<Compared | undefined> {
  try {
    const text = await readPlainFile(folder.file(COMPARED_FILE));
    return comparedSchema.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return undefined;
  }
}
