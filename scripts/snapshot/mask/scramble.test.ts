import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scramble } from './scramble.ts';

const scramble = new Scramble('0123456789abcdef');

describe('scrambling', () => {
  it('gives another text of the same shape, and always the same one', () => {
    for (const text of ['Ada Lovelace', '+47 900-12 345', 'ünïcødé Ж 漢字 🎈', 'x'.repeat(5000)]) {
      const made = scramble.text(text);
      expect(made).not.toBe(text);
      expect(made).toBe(new Scramble('0123456789abcdef').text(text));
      expect(made).not.toBe(new Scramble('another').text(text));
      expect(Buffer.byteLength(made)).toBe(Buffer.byteLength(text));
      expect(
        made
          .replace(/[a-z]/g, 'a')
          .replace(/[A-Z]/g, 'A')
          .replace(/\d/g, '0')
          .replace(/[^ -~]+/gu, ''),
      ).toBe(
        text
          .replace(/[a-z]/g, 'a')
          .replace(/[A-Z]/g, 'A')
          .replace(/\d/g, '0')
          .replace(/[^ -~]+/gu, ''),
      );
    }
  });

  it('never makes one of two', () => {
    const made = new Set<string>();
    for (let number = 0; number < 10_000; number += 1)
      made.add(scramble.text(String(number).padStart(4, '0')));
    expect(made.size).toBe(10_000);
    const short = new Set<string>();
    for (const a of 'abcdefghijklmnopqrstuvwxyz')
      for (let n = 0; n < 10; n += 1) short.add(scramble.text(`${a}-${n}`));
    expect(short.size).toBe(260);
  });

  it('keeps equal what is equal but for case', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 @.-]{0,30}$/), (text) => {
        expect(scramble.text(text).toLowerCase()).toBe(scramble.text(text.toLowerCase()));
      }),
    );
  });

  it('keeps the length in bytes of any text, and makes nothing that is not UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const made = scramble.text(text);
        expect(Buffer.byteLength(made)).toBe(Buffer.byteLength(text));
        expect(Buffer.from(made).toString()).toBe(made);
      }),
    );
  });
});
