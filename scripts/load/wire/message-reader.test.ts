import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageReader, type MessageHandler } from './message-reader.ts';

const UNWANTED = 0x64; // d

interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

function bytesOf({ type, body }: Message): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

class Recorder implements MessageHandler {
  readonly seen: Message[] = [];
  garbledTimes = 0;

  wants(type: number): boolean {
    return type !== UNWANTED;
  }

  message(type: number, bytes: Buffer, start: number, end: number): void {
    if (type !== UNWANTED) this.seen.push({ type, body: Uint8Array.from(bytes.subarray(start, end)) });
  }

  garbled(): void {
    this.garbledTimes++;
  }
}

const messages = fc.array(
  fc.record({
    type: fc.constantFrom(0x5a, 0x45, 0x44, UNWANTED),
    body: fc.uint8Array({ maxLength: 60 }),
  }),
  { maxLength: 20 },
);

describe('MessageReader', () => {
  it('finds the same messages however the bytes are cut, in memory that is used again', () => {
    fc.assert(
      fc.property(messages, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sent, sizes) => {
        const recorder = new Recorder();
        const reader = new MessageReader(recorder);
        const all = Buffer.concat(sent.map(bytesOf));
        const memory = Buffer.alloc(64);
        for (let at = 0, piece = 0; at < all.length; piece++) {
          const length = all.copy(memory, 0, at, at + (sizes[piece % sizes.length] ?? 1));
          reader.read(memory, length);
          memory.fill(0xff);
          at += length;
        }
        expect(recorder.seen).toEqual(
          sent
            .filter(({ type }) => type !== UNWANTED)
            .map(({ type, body }) => ({ type, body: Uint8Array.from(body) })),
        );
        expect(recorder.garbledTimes).toBe(0);
      }),
    );
  });

  it('says that it cannot read what is no message', () => {
    const recorder = new Recorder();
    const bytes = Buffer.from('HTTP/1.1 400 Bad Request').fill(0, 1, 5);
    new MessageReader(recorder).read(bytes, bytes.length);
    expect(recorder.garbledTimes).toBe(1);
    expect(recorder.seen).toEqual([]);
  });
});
