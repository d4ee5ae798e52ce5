import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { Decompress, type ZstdError } from 'fzstd';
import { asError } from '../shared/errors.ts';
import { findOnPath } from '../shared/files/find-on-path.ts';
import { withoutForeign } from '../shared/descriptors.ts';

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
  // Windows of up to 2 GB are allowed; only what the file asks for is taken.
  const child = spawn(program, ['-dcq', '--long=31'], { stdio: withoutForeign('pipe', 'pipe', 'pipe') });
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  let complaint = '';
  child.stderr.on(
    'data',
    (chunk: Buffer) => (complaint = (complaint + chunk.toString('latin1')).slice(-500)),
  );
  let failed: Error | undefined;
  // A child that stops reading breaks the pipe; its own complaint tells why.
  pipeline(Readable.from(raw), child.stdin, (error) => {
    if (error && !['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? '')) failed = error;
  });
  try {
    const output: AsyncIterable<Buffer> = child.stdout;
    yield* output;
    const [code] = (await closed) as [number | null];
    if (failed) throw failed;
    if (code !== 0) throw new ZstdFailure(/premature end|unexpected end/i.test(complaint), complaint.trim());
  } finally {
    child.kill();
    await closed;
  }
}
