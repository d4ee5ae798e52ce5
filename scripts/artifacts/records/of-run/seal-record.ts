/** One file of the evidence as it was when the run ended. */
export interface SealedFile {
  /** In the run folder, with `/`. */
  readonly path: string;
  /** Lines of a stream; null for any other file. */
  readonly records: number | null;
  readonly sizeBytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * What a run left, told by itself: every file of its evidence, in the order of the paths. It shows what was lost, cut or edited
 * since; whoever computes all of it anew is not found out, because there is no secret in it.
 */
export interface Seal {
  readonly files: readonly SealedFile[];
  /** In hex: a chain over run.json without the seal and then each file's entry. It names the evidence as a whole. */
  readonly sha256: string;
}
