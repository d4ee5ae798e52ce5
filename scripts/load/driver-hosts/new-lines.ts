import { open, type FileHandle } from 'node:fs/promises';

const PIECE_BYTES = 1 << 18;
const NEWLINE = 0x0a;

/** Whole lines of a growing file, each once and in order; its lines are shorter than a piece. */
export class NewLines {
  readonly #path: string;
  #file: FileHandle | undefined;
  #position = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What has come since, some of it at a time; nothing where there is no file yet. */
  async *read(): AsyncGenerator<string> {
    this.#file ??= await open(this.#path).catch(() => undefined);
    if (this.#file === undefined) return;
    const piece = Buffer.alloc(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await this.#file.read(piece, 0, PIECE_BYTES, this.#position);
      const end = piece.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
      if (end === 0) return;
      this.#position += end;
      yield piece.toString('utf8', 0, end);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
