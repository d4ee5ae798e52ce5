import { describe, expect, it } from 'vitest';
import { LineReader } from './line-reader.ts';

function readAll(bytes: Buffer, cuts: readonly number[], from = 0): [string, number][] {
  const reader = new LineReader(from);
  const ends = [...cuts, bytes.length];
  return ends.flatMap((end, at) =>
    [...reader.push(bytes.subarray(ends[at - 1] ?? 0, end))].map(({ line, offset }): [string, number] => [
      line,
      offset,
    ]),
  );
}

describe('lines of a growing file', () => {
  const lines = ['{"a":1}', '', 'näh ‘🐘’', 'x'.repeat(1_000), '\r', 'end'];
  const bytes = Buffer.from(`${lines.join('\n')}\n`);

  it('are the same wherever the pieces end, also inside a character', () => {
    const whole = readAll(bytes, []);
    expect(whole.map(([line]) => line)).toEqual(lines);
    for (let first = 0; first < 40; first += 1) {
      for (let second = first; second < 40; second += 3) {
        expect(readAll(bytes, [first, second])).toEqual(whole);
      }
    }
  });

  it('come with the offset at which the next one begins', () => {
    for (const [line, offset] of readAll(bytes, [])) {
      const rest = readAll(bytes.subarray(offset), [], offset);
      expect(rest.length).toBe(lines.length - lines.indexOf(line) - 1);
      expect(rest.at(-1)?.[1] ?? bytes.length).toBe(bytes.length);
    }
  });

  it('wait until they have ended', () => {
    const reader = new LineReader(0);
    expect([...reader.push(Buffer.from('half'))]).toEqual([]);
    expect([reader.offset, reader.position]).toEqual([0, 4]);
    expect([...reader.push(Buffer.from(' done\nnext'))]).toEqual([{ line: 'half done', offset: 10 }]);
    expect([reader.offset, reader.position]).toEqual([10, 14]);
  });
});
