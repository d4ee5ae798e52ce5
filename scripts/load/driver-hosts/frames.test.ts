import { expect, test } from 'vitest';
import { frameOf, FrameReader } from './frames.ts';

const MESSAGES = [
  { type: 'ready' },
  new Map([['orders.id', ['1', '2']]]),
  { lagsMs: Float64Array.of(0.5, 2) },
  '',
];

test.each([1, 3, 7, 1000])('messages come out as they went in, in pieces of %d bytes', (size) => {
  const bytes = Buffer.concat(MESSAGES.map(frameOf));
  const reader = new FrameReader();
  const read: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)));
  expect(read).toEqual(MESSAGES);
});

test('what is no message of ours is told', () => {
  expect(() => new FrameReader().push(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(
    'a message of 1195725856 bytes',
  );
});
