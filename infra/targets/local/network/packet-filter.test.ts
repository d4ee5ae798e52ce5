import { describe, expect, it } from 'vitest';
import { filterFromMachine, filterToMachine } from './packet-filter.ts';

const PASS = 0;
const DROP = 2;
const ACK = 0x10;
const SYN = 0x02;

/** Runs a program as the kernel does (linux/filter.h), as far as these programs need. */
function verdict(bytecode: string, packet: Buffer): number {
  const program = bytecode
    .split(',')
    .slice(1)
    .map((line) => line.split(' ').map(Number) as [number, number, number, number]);
  let accumulator = 0;
  let index = 0;
  for (let at = 0; ; at++) {
    const [code, yes, no, value] = program[at]!;
    if (code === 0x28) accumulator = packet.readUInt16BE(value);
    else if (code === 0x30) accumulator = packet.readUInt8(value);
    else if (code === 0x20) accumulator = packet.readUInt32BE(value);
    else if (code === 0xb1) index = 4 * (packet.readUInt8(value) & 0xf);
    else if (code === 0x48) accumulator = packet.readUInt16BE(index + value);
    else if (code === 0x50) accumulator = packet.readUInt8(index + value);
    else if (code === 0x15) at += accumulator === value ? yes : no;
    else if (code === 0x45) at += (accumulator & value) !== 0 ? yes : no;
    else return value;
  }
}

interface Tcp {
  from?: number;
  to?: number;
  flags?: number;
  protocol?: number;
  fragment?: number;
  options?: number;
  destination?: string;
}

function tcp({ from = 40_000, to = 40_000, flags = SYN, ...ip }: Tcp): Buffer {
  const { protocol = 6, fragment = 0, options = 0, destination = '10.9.8.1' } = ip;
  const packet = Buffer.alloc(80);
  packet.writeUInt16BE(0x0800, 12);
  packet.writeUInt8(0x45 + options, 14);
  packet.writeUInt16BE(fragment, 20);
  packet.writeUInt8(protocol, 23);
  Buffer.from(destination.split('.').map(Number)).copy(packet, 30);
  const start = 34 + 4 * options;
  packet.writeUInt16BE(from, start);
  packet.writeUInt16BE(to, start + 2);
  packet.writeUInt8(flags, start + 13);
  return packet;
}

function frame(etherType: number): Buffer {
  const packet = Buffer.alloc(80);
  packet.writeUInt16BE(etherType, 12);
  return packet;
}

describe('what passes from this machine to the hosts', () => {
  const filter = filterFromMachine();

  it('is TCP to port 22, whatever the length of the IP header', () => {
    expect(verdict(filter, tcp({ to: 22 }))).toBe(PASS);
    expect(verdict(filter, tcp({ to: 22, options: 5 }))).toBe(PASS);
    expect(verdict(filter, tcp({ to: 5432 }))).toBe(DROP);
    expect(verdict(filter, tcp({ from: 22, to: 5432 }))).toBe(DROP);
    expect(verdict(filter, tcp({ to: 22, protocol: 17 }))).toBe(DROP);
    expect(verdict(filter, tcp({ to: 22, fragment: 100 }))).toBe(DROP);
  });

  it('is ARP besides, and no IPv6', () => {
    expect(verdict(filter, frame(0x0806))).toBe(PASS);
    expect(verdict(filter, frame(0x86dd))).toBe(DROP);
  });
});

describe('what passes from the hosts to this machine', () => {
  const filter = filterToMachine('10.9.8.1');

  it('is an answer of sshd', () => {
    expect(verdict(filter, tcp({ from: 22, flags: ACK | SYN }))).toBe(PASS);
    expect(verdict(filter, tcp({ from: 22, flags: ACK }))).toBe(PASS);
    expect(verdict(filter, tcp({ from: 5432, flags: ACK }))).toBe(DROP);
  });

  it('is no beginning of a connection, from whatever port', () => {
    expect(verdict(filter, tcp({ from: 22, flags: SYN }))).toBe(DROP);
    expect(verdict(filter, tcp({ from: 22, to: 22, flags: SYN }))).toBe(DROP);
  });

  it('is nothing for any other address', () => {
    expect(verdict(filter, tcp({ from: 22, flags: ACK, destination: '192.168.0.1' }))).toBe(DROP);
    expect(verdict(filter, tcp({ from: 22, flags: ACK, destination: '10.9.8.2' }))).toBe(DROP);
  });
});
