import { Decompress, type ZstdError } from 'fzstd';
import { asError } from '../../shared/errors.ts';
import { findOnPath } from '../../shared/files/find-on-path.ts';
import { ProgramFailed, throughProgram } from './through-program.ts';

/** Small, because a few bytes of a repetitive dump unfold into megabytes. */
const SLICE_BYTES = 16 * 1024;
const FZSTD_UNEXPECTED_EOF = 5;

/** The stream did not decompress: `ZSTD_TRUNCATED` = it broke off. */
class ZstdFailure extends Error {
  readonly code: 'ZSTD_TRUNCATED' | 'ZSTD_DAMAGED';

  constructor(truncated: boolean, cause: unknown) {
    super(asError(cause).message, { cause });
    this.code = truncated ? 'ZSTD_TRUNCATED' : 'ZSTD_DAMAGED';
  }
}

/** Decompresses zstd, of several frames too. The `zstd` program does it where there is one, as it is faster; else JavaScript. */
export async function* unzstd(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const program = await findOnPath('zstd');
  yield* program === undefined ? unzstdHere(raw) : unzstdByProgram(program, raw);
}

export async function* unzstdHere(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let blocks: Buffer[] = [];
  const decompressor = new Decompress((block) => {
    blocks.push(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
  });
  const push = (bytes: Uint8Array, final: boolean): Buffer[] => {
    blocks = [];
    try {
      decompressor.push(bytes, final);
    } catch (cause) {
      throw new ZstdFailure((cause as Partial<ZstdError>).code === FZSTD_UNEXPECTED_EOF, cause);
    }
    return blocks;
  };
  for await (const chunk of raw) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      yield* push(chunk.subarray(at, at + SLICE_BYTES), false);
    }
  }
  yield* push(new Uint8Array(0), true);
}

export async function* unzstdByProgram(program: string, raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    // Windows of up to 2 GB are allowed; only what the file asks for is taken.
    yield* throughProgram(program, ['-dcq', '--long=31'], raw);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new ZstdFailure(/premature end|unexpected end/i.test(error.complaint), error.complaint);
  }
}
