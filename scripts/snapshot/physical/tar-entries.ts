import { RehearsalError } from '../../shared/errors.ts';

const BLOCK = 512;
const LONGEST_HEADER_BYTES = 1024 ** 2;

interface TarEntry {
  /** As it is written, without a leading `./`. */
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Must be read to its end before the next entry is asked for. */
  readonly content: () => AsyncGenerator<Buffer>;
}

/**
 * The entries of a tar archive, as POSIX, GNU and pg_basebackup write them.
 * @throws SNAPSHOT_INVALID where it breaks off or is none
 */
export async function* tarEntries(bytes: AsyncIterable<Buffer>, shown: string): AsyncGenerator<TarEntry> {
  const source = new Blocks(bytes);
  try {
    yield* entriesIn(source, shown);
  } finally {
    await source.close();
  }
}

async function* entriesIn(source: Blocks, shown: string): AsyncGenerator<TarEntry> {
  let last = 'its first entry';
  let more: Readonly<Record<string, string>> = {};
  const cut = (): RehearsalError =>
    new RehearsalError('SNAPSHOT_INVALID', `${shown} ends in the middle of ${last}: the file is truncated`, {
      hint: 'Copy the file again, or take the copy again.',
    });
  for (;;) {
    const header = await source.take(BLOCK);
    if (header === undefined) throw cut();
    if (header.every((byte) => byte === 0)) return;
    if (!isHeader(header)) throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is damaged behind ${last}`);
    const type = header.toString('latin1', 156, 157);
    const sizeBytes = more['size'] === undefined ? numberAt(header, 124, 12) : Number(more['size']);
    if ('xgL'.includes(type)) {
      if (sizeBytes > LONGEST_HEADER_BYTES)
        throw new RehearsalError('SNAPSHOT_INVALID', `${shown} is damaged`);
      const text = (await source.take(padded(sizeBytes)))?.toString('utf8', 0, sizeBytes);
      if (text === undefined) throw cut();
      if (type === 'x') more = { ...more, ...records(text) };
      if (type === 'L') more = { ...more, path: text.replace(/\0.*$/s, '') };
      continue;
    }
    const path = (more['path'] ?? nameOf(header)).replace(/^(\.\/)+/, '').replace(/\/+$/, '');
    requireWhole(type, more, shown, path);
    more = {};
    last = path;
    const passing = source.pass(sizeBytes);
    yield {
      path,
      type: typeOf(type),
      sizeBytes,
      content: async function* () {
        for (;;) {
          const { done, value } = await passing.next();
          if (done !== true) yield value;
          else if (value) return;
          else throw cut();
        }
      },
    };
    if (!(await isPassed(passing))) throw cut();
    if ((await source.take(padded(sizeBytes) - sizeBytes)) === undefined) throw cut();
  }
}

/** GNU tar leaves holes out where it is asked to, and says so by the type `S` or, in POSIX's format, by records of its own. */
function requireWhole(
  type: string,
  more: Readonly<Record<string, string>>,
  shown: string,
  path: string,
): void {
  if (type !== 'S' && !Object.keys(more).some((key) => key.startsWith('GNU.sparse.'))) return;
  const name = more['GNU.sparse.name'] ?? path;
  throw new RehearsalError('SNAPSHOT_INVALID', `${shown} holds ${name} without its holes`, {
    hint: 'Make the archive again without --sparse (-S).',
  });
}

/** What nobody read is passed over. */
async function isPassed(passing: AsyncGenerator<Buffer, boolean | undefined>): Promise<boolean> {
  for (;;) {
    const next = await passing.next();
    // Undefined of what was read to its end before.
    const isWhole: boolean | undefined = next.done === true ? next.value : undefined;
    if (next.done === true) return isWhole !== false;
  }
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK;
}

function typeOf(flag: string): TarEntry['type'] {
  if (flag === '0' || flag === '\0' || flag === '7') return 'file';
  if (flag === '5') return 'folder';
  return flag === '1' || flag === '2' ? 'link' : 'other';
}

/** The sum of the header's bytes, with blanks in its own place (POSIX, ustar interchange format). */
function isHeader(header: Buffer): boolean {
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  return sum === numberAt(header, 148, 8);
}

/** Octal digits, or for large ones, as GNU does, a binary number behind a byte 0x80. */
function numberAt(header: Buffer, from: number, length: number): number {
  if ((header[from] ?? 0) < 0x80) return parseInt(text(header, from, length).trim() || '0', 8);
  return Number(BigInt(`0x${header.toString('hex', from + 1, from + length)}`));
}

function nameOf(header: Buffer): string {
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

function text(header: Buffer, from: number, length: number): string {
  return header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
}

/** `27 path=base/5/16384\n`, its length in front. */
function records(pax: string): Record<string, string> {
  return Object.fromEntries(
    [...pax.matchAll(/^\d+ ([^=\n]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
}

/** Bytes that pass once, taken in pieces of a wanted length. */
class Blocks {
  readonly #bytes: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Buffer>) {
    this.#bytes = bytes[Symbol.asyncIterator]();
  }

  /** Undefined where there are not as many. */
  async take(length: number): Promise<Buffer | undefined> {
    while (this.#held.length < length) {
      const next = await this.#bytes.next();
      if (next.done === true) return undefined;
      this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    }
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  /** Whoever reads no further lets the source go. */
  async close(): Promise<void> {
    await this.#bytes.return?.();
  }

  /** As they come. @returns false where there are not as many */
  async *pass(length: number): AsyncGenerator<Buffer, boolean> {
    for (let left = length; left > 0;) {
      if (this.#held.length === 0) {
        const next = await this.#bytes.next();
        if (next.done === true) return false;
        this.#held = next.value;
      }
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      yield part;
    }
    return true;
  }
}
