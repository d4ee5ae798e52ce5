import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { task } from './tasks.ts';

test('a long task says every now and then how long it took and how far it is', async () => {
  const said: string[] = [];
  const work = async (progress: (detail: string) => void): Promise<string> => {
    progress('3 packages compiled');
    await sleep(150);
    return 'result';
  };
  expect(await task('building', (line) => said.push(line), work, 50)).toBe('result');
  expect(said[0]).toBe('building');
  expect(said[1]).toMatch(/^ {2}… \d+ ms, 3 packages compiled$/);
  expect(said.at(-1)).toMatch(/^ {2}done in \d+ ms$/);
});

test('a task that fails does not say that it is done', async () => {
  const said: string[] = [];
  const work = (): Promise<void> => Promise.reject(new Error('no'));
  await expect(task('building', (line) => said.push(line), work)).rejects.toThrow('no');
  expect(said).toEqual(['building']);
});
