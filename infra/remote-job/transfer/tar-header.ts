/** The size of a header, and what contents are padded to. */
export const BLOCK_BYTES = 512;

/** One header of a tar archive (tar(5): ustar, and what GNU tar adds). */
export interface TarHeader {
  readonly name: string;
  readonly sizeBytes: number;
  /** `0` file, `5` folder, `L` the next one's long name, `x` and `g` attributes, others are links and devices. */
  readonly type: string;
  readonly mode: number;
}

/** Undefined for a block of zeros, which ends an archive. @throws when it is no header */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (sum !== number(block, 148, 8)) throw new Error('a header has a wrong checksum');
  const prefix = text(block, 257, 6) === 'ustar' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const type = text(block, 156, 1);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes: number(block, 124, 12),
    type: type === '' ? '0' : type,
    mode: number(block, 100, 8),
  };
}

/** The attributes of a pax header: records of `<length> <key>=<value>\n`, the length in bytes and with itself. */
export function parsePax(content: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.toString('latin1', at, blank));
    if (!Number.isInteger(length) || length <= blank - at) throw new Error('a pax header has a wrong length');
    const [key = '', ...value] = content.toString('utf8', blank + 1, at + length - 1).split('=');
    found.set(key, value.join('='));
    at += length;
  }
  return found;
}

/** Up to the first NUL. */
function text(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}

/** Octal digits; or, for what is too large for them, GNU's big-endian bytes after a set first bit. */
function number(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(text(block, at, length).trim() || '0', 8);
  return field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
}
