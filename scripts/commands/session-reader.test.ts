import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SessionReader } from './session-reader.ts';

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function int(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

const ASK_PASSWORD = message('R', int(10));
const LET_IN = [message('R', int(0)), message('S', Buffer.from('a\0b\0')), message('K', int(4711, 99))];
const READY = message('Z', Buffer.from('I'));
const ROWS = message('D', Buffer.from('Z....'));

/** What is told when the server's bytes come in chunks of any size. */
function told(bytes: Buffer, sizes: readonly number[]): (number | null)[] {
  const pids: (number | null)[] = [];
  const reader = new SessionReader((pid) => pids.push(pid));
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    if (reader.push(bytes.subarray(at, at + size))) break;
    at += size;
  }
  return pids;
}

test.each([
  ['one that is let in', Buffer.concat([ASK_PASSWORD, ...LET_IN, READY, ROWS]), [4711]],
  ['one after encryption was refused twice', Buffer.concat([Buffer.from('NN'), ...LET_IN, READY]), [4711]],
  ['one with TLS, by that alone', Buffer.from('S\x16\x03\x01'), [null]],
  ['none with a wrong password', Buffer.concat([ASK_PASSWORD, message('E', Buffer.from('S'))]), []],
  ['none that is let in and cut at once', Buffer.concat(LET_IN), []],
  ['none of a cancel request', Buffer.alloc(0), []],
  ['none of what is not PostgreSQL', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), []],
])('it tells %s, however the bytes come', (_, bytes, pids) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      expect(told(bytes, sizes)).toEqual(pids);
    }),
  );
});
