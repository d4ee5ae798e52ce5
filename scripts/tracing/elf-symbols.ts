import { open, type FileHandle } from 'node:fs/promises';

/*
 * Where the functions of a program begin in its file, and its variables in memory: what a uprobe asks for. Only 64-bit little-endian ELF, as on x86-64 and
 * arm64; the layout is that of elf(5).
 */

/** elf(5), e_machine. */
const ARCHITECTURES: Readonly<Record<number, Architecture>> = { 62: 'x86-64', 183: 'arm64' };
const LOADED_SEGMENT = 1;
const SYMBOL_TABLES = [2, 11]; // SHT_SYMTAB, SHT_DYNSYM
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;

type Architecture = 'x86-64' | 'arm64';

export interface ProgramSymbols {
  readonly architecture: Architecture;
  /** By name: offset in the file in bytes. A name that the program does not export is missing. */
  readonly offsets: ReadonlyMap<string, number>;
  /** By name: virtual address, of a variable that is zero in the beginning as well, which has no place in the file. */
  readonly addresses: ReadonlyMap<string, number>;
}

/** @throws Error saying in one phrase why the file cannot be used */
export async function programSymbols(path: string, names: readonly string[]): Promise<ProgramSymbols> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(HEADER_BYTES); // a shorter file leaves it without the magic number
    await file.read(header, 0, HEADER_BYTES, 0);
    if (header.toString('latin1', 0, 4) !== '\x7fELF' || header[4] !== 2 || header[5] !== 1)
      throw new Error(`${path} is not a 64-bit ELF program`);
    const architecture = ARCHITECTURES[header.readUInt16LE(18)];
    if (architecture === undefined) throw new Error(`${path} is for neither x86-64 nor arm64`);
    const segments = await table(file, header, { at: 32, entries: 56, bytes: SEGMENT_BYTES });
    const loaded = segments.filter((segment) => segment.readUInt32LE(0) === LOADED_SEGMENT).map(segmentOf);
    const sections = await table(file, header, { at: 40, entries: 60, bytes: SECTION_BYTES });
    const offsets = new Map<string, number>();
    const found = new Map<string, number>();
    for (const section of sections) {
      if (!SYMBOL_TABLES.includes(section.readUInt32LE(4))) continue;
      const strings = sections[section.readUInt32LE(40)];
      if (strings === undefined) continue;
      const symbols = await content(file, section);
      for (const [name, address] of addresses(symbols, await content(file, strings), names)) {
        found.set(name, address);
        const segment = loaded.find(({ from, to }) => address >= from && address < to);
        if (segment) offsets.set(name, address - segment.from + segment.offset);
      }
    }
    return { architecture, offsets, addresses: found };
  } finally {
    await file.close();
  }
}

interface Segment {
  /** Virtual addresses. */
  readonly from: number;
  readonly to: number;
  /** In the file. */
  readonly offset: number;
}

function segmentOf(entry: Buffer): Segment {
  const from = Number(entry.readBigUInt64LE(16));
  return {
    from,
    to: from + Number(entry.readBigUInt64LE(32)),
    offset: Number(entry.readBigUInt64LE(8)),
  };
}

/** The defined symbols of these names with their virtual addresses. */
function* addresses(symbols: Buffer, strings: Buffer, names: readonly string[]): Generator<[string, number]> {
  const wanted = new Map(names.map((name) => [name, Buffer.from(`${name}\0`)]));
  for (let at = 0; at + SYMBOL_BYTES <= symbols.length; at += SYMBOL_BYTES) {
    const address = Number(symbols.readBigUInt64LE(at + 8));
    if (address === 0) continue;
    const nameAt = symbols.readUInt32LE(at);
    for (const [name, bytes] of wanted) {
      if (strings.subarray(nameAt, nameAt + bytes.length).equals(bytes)) yield [name, address];
    }
  }
}

async function table(
  file: FileHandle,
  header: Buffer,
  place: { at: number; entries: number; bytes: number },
): Promise<Buffer[]> {
  const count = header.readUInt16LE(place.entries);
  const all = await part(file, Number(header.readBigUInt64LE(place.at)), count * place.bytes);
  return Array.from({ length: count }, (_, index) =>
    all.subarray(index * place.bytes, (index + 1) * place.bytes),
  );
}

function content(file: FileHandle, section: Buffer): Promise<Buffer> {
  return part(file, Number(section.readBigUInt64LE(24)), Number(section.readBigUInt64LE(32)));
}

async function part(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('the file is cut off');
  return buffer;
}
