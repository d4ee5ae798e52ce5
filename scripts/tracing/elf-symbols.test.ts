import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { programSymbols } from './elf-symbols.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'elf-'));
});
afterEach(() => rm(dir, { recursive: true }));

const SYMBOLS_AT = 256;
const NAMES_AT = 512;
const SECTIONS_AT = 640;

/** A program of one segment at address 0x401000, at 0x1000 in the file, whose symbols are `names` 16 bytes apart. */
function program(machine: number, names: readonly string[], kind = 11): Buffer {
  const elf = Buffer.alloc(1024);
  elf.write('\x7fELF\x02\x01', 'latin1');
  elf.writeUInt16LE(machine, 18);
  elf.writeBigUInt64LE(64n, 32); // segments, one
  elf.writeUInt16LE(1, 56);
  elf.writeBigUInt64LE(BigInt(SECTIONS_AT), 40); // sections, two
  elf.writeUInt16LE(2, 60);
  elf.writeUInt32LE(1, 64); // PT_LOAD
  elf.writeBigUInt64LE(0x1000n, 64 + 8);
  elf.writeBigUInt64LE(0x401000n, 64 + 16);
  elf.writeBigUInt64LE(0x800n, 64 + 32);
  const text = ['', ...names].map((name) => `${name}\0`);
  elf.write(text.join(''), NAMES_AT, 'latin1');
  names.forEach((_, index) => {
    const at = SYMBOLS_AT + index * 24;
    elf.writeUInt32LE(text.slice(0, index + 1).join('').length, at);
    elf.writeBigUInt64LE(BigInt(0x401000 + 16 * (index + 1)), at + 8);
  });
  elf.writeUInt32LE(kind, SECTIONS_AT + 4);
  elf.writeBigUInt64LE(BigInt(SYMBOLS_AT), SECTIONS_AT + 24);
  elf.writeBigUInt64LE(BigInt(24 * names.length), SECTIONS_AT + 32);
  elf.writeUInt32LE(1, SECTIONS_AT + 40); // its names are in section 1
  elf.writeUInt32LE(3, SECTIONS_AT + 64 + 4);
  elf.writeBigUInt64LE(BigInt(NAMES_AT), SECTIONS_AT + 64 + 24);
  elf.writeBigUInt64LE(BigInt(text.join('').length), SECTIONS_AT + 64 + 32);
  return elf;
}

async function symbolsOf(bytes: Buffer | string): ReturnType<typeof programSymbols> {
  const path = join(dir, 'program');
  await writeFile(path, bytes);
  return programSymbols(path, ['ProcSleep', 'LockReleaseAll', 'absent']);
}

it.each([
  [62, 'x86-64', 11],
  [183, 'arm64', 2],
])('finds where the functions of a program begin in its file (machine %i)', async (machine, name, kind) => {
  const found = await symbolsOf(program(machine, ['ProcSleepUntil', 'LockReleaseAll', 'ProcSleep'], kind));
  expect(found.architecture).toBe(name);
  expect([...found.offsets].sort()).toEqual([
    ['LockReleaseAll', 0x1020],
    ['ProcSleep', 0x1030],
  ]);
});

it('says in one phrase why a file cannot be used', async () => {
  await expect(symbolsOf('#!/bin/sh\n')).rejects.toThrow('is not a 64-bit ELF program');
  await expect(symbolsOf(program(40, []))).rejects.toThrow('is for neither x86-64 nor arm64');
  await expect(symbolsOf(program(62, ['ProcSleep']).subarray(0, 700))).rejects.toThrow('the file is cut off');
});
