import { z } from 'zod';
import { number, text } from '../primitives.ts';

/** One file of the evidence as it was when the run ended. */
export const SealedFile = z.object({
  /** In the run folder, with `/`. */
  path: text,
  /** Lines of a stream; null for any other file. */
  records: number.nullable(),
  sizeBytes: number,
  /** In hex. */
  sha256: text,
});
export type SealedFile = z.infer<typeof SealedFile>;

/**
 * What a run left, told by itself: every file of its evidence, in the order of the paths. It shows what was lost, cut or edited
 * since; whoever computes all of it anew is not found out, because there is no secret in it.
 */
export const Seal = z.object({
  files: z.array(SealedFile).readonly(),
  /** In hex: a chain over run.json without the seal and then each file's entry. It names the evidence as a whole. */
  sha256: text,
});
export type Seal = z.infer<typeof Seal>;
