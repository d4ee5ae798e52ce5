import { expect, it } from 'vitest';
import { parseArchiveHeader } from './archive-header.ts';

function int(value: number, bytes = 4): Buffer {
  const encoded = Buffer.alloc(bytes + 1);
  encoded[0] = value < 0 ? 1 : 0;
  encoded.writeUInt32LE(Math.abs(value), 1);
  return encoded;
}
const text = (value: string): Buffer => Buffer.concat([int(value.length), Buffer.from(value)]);

/** Minor 14 = PostgreSQL 12 to 15, 15 = 16, 16 = 17. */
function header(minor: number, compression: Buffer, dumpVersion: string): Buffer {
  const time = Buffer.concat([59, 30, 2, 20, 10, 126, 0].map((part) => int(part)));
  return Buffer.concat([
    Buffer.from('PGDMP'),
    Buffer.from([1, minor, 0, 4, 8, 1]),
    compression,
    time,
    text('shop'),
    text('15.20 (Debian)'),
    text(dumpVersion),
    int(0),
  ]);
}

it('reads which pg_dump wrote an archive, before and after the change of its compression field', () => {
  expect(parseArchiveHeader(header(14, int(-1), '15.20 (Debian 15.20-0+deb12u1)'))).toEqual({
    formatVersion: '1.14',
    dumpVersion: '15.20 (Debian 15.20-0+deb12u1)',
  });
  expect(parseArchiveHeader(header(16, Buffer.from([3]), '17.2'))).toEqual({
    formatVersion: '1.16',
    dumpVersion: '17.2',
  });
});

it('has no answer for what is not an archive or is cut short', () => {
  const whole = header(16, Buffer.from([3]), '17.2');
  expect(parseArchiveHeader(Buffer.from('PGDUMP'))).toBeUndefined();
  for (let length = 0; length < whole.length - 5; length += 1) {
    expect(parseArchiveHeader(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
  }
});
