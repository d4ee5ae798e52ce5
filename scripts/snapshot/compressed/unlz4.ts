import { RehearsalError } from '../../shared/errors.ts';
import { findOnPath } from '../../shared/files/find-on-path.ts';
import { ProgramFailed, throughProgram } from './through-program.ts';

/** The stream did not decompress: `LZ4_TRUNCATED` = it broke off. */
class Lz4Failure extends Error {
  readonly code: 'LZ4_TRUNCATED' | 'LZ4_DAMAGED';

  constructor({ complaint }: ProgramFailed) {
    super(complaint);
    this.code = /unfinished|read error|cannot access|too small|truncated/i.test(complaint)
      ? 'LZ4_TRUNCATED'
      : 'LZ4_DAMAGED';
  }
}

/**
 * Decompresses frames of lz4 by the `lz4` program: no JavaScript does it as a stream.
 * @throws SNAPSHOT_INVALID where there is no such program
 */
export async function* unlz4(raw: AsyncIterable<Buffer>, shown: string): AsyncGenerator<Buffer> {
  const program = await findOnPath('lz4');
  if (program === undefined)
    throw new RehearsalError(
      'SNAPSHOT_INVALID',
      `${shown} is compressed by lz4, and no program lz4 is here`,
      {
        hint: 'apt-get install lz4, or compress the dump with gzip or zstd',
      },
    );
  try {
    yield* throughProgram(program, ['-dcq'], raw);
  } catch (error) {
    throw error instanceof ProgramFailed ? new Lz4Failure(error) : error;
  }
}
