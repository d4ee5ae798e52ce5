import { expect, it } from 'vitest';
import { StatusLines } from './status-lines.ts';

function told(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const status = new StatusLines((line) => lines.push(line));
  for (const chunk of chunks) status.push(Buffer.from(chunk));
  status.end();
  return lines;
}

it('tells whole lines, wherever the stream was cut', () => {
  expect(told('on', 'e\ntw', 'o\r\nthree')).toEqual(['one', 'two', 'three']);
});

it('takes each step of a progress bar as a line', () => {
  expect(told('10 %\r20 %\r', '30 %\n')).toEqual(['10 %', '20 %', '30 %']);
});

it('keeps characters whole that were cut in two', () => {
  const text = Buffer.from('größe');
  expect(told(text.subarray(0, 3), text.subarray(3))).toEqual(['größe']);
});

it('cuts a line that never ends, and shows the last lines of very many', () => {
  expect(told('x'.repeat(200_000), 'y'.repeat(200_000))).toEqual(['x'.repeat(1_000)]);
  const many = told(Array.from({ length: 10_000 }, (_, line) => `${line}\n`).join(''));
  expect(many.length).toBeLessThanOrEqual(51);
  expect(many.at(-1)).toBe('9999');
});
