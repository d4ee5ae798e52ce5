import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline, Readable } from 'node:stream';
import { withoutForeign } from '../../shared/descriptors.ts';

const KEPT_CHARACTERS = 4000;

/** A program that was fed ended badly; `complaint` is the end of what it wrote, and may quote what it read. */
export class ProgramFailed extends Error {
  readonly exitCode: number | null;
  readonly complaint: string;

  constructor(program: string, exitCode: number | null, complaint: string) {
    super(`${program} ended with exit code ${exitCode ?? 'unknown'}`);
    this.exitCode = exitCode;
    this.complaint = complaint;
  }
}

/**
 * What a program writes of the bytes that it is fed. It is ended with whoever reads.
 * @throws ProgramFailed, or what `raw` throws
 */
export async function* throughProgram(
  program: string,
  args: readonly string[],
  raw: AsyncIterable<Buffer>,
  env: NodeJS.ProcessEnv = process.env,
): AsyncGenerator<Buffer> {
  const child = spawn(program, args, { env, stdio: withoutForeign('pipe', 'pipe', 'pipe') });
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('latin1')).slice(-KEPT_CHARACTERS);
  });
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
    if (code !== 0) throw new ProgramFailed(program, code, complaint.trim());
  } finally {
    child.kill();
    await closed;
  }
}
