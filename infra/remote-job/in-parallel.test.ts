import { expect, it } from 'vitest';
import { inParallel } from './in-parallel.ts';

it('works on all items, and on no more at a time than asked for', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setTimeout(resolve, 5 - (item % 3)));
    running -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

it('begins nothing after a failure, waits for what runs, and throws the first failure', async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = inParallel([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('first');
    await new Promise((resolve) => setTimeout(resolve, 10));
    ended += 1;
  });
  await expect(work).rejects.toThrow('first');
  expect(begun).toEqual([1, 2]);
  expect(ended).toBe(1);
});

it('is content with nothing to do', async () => {
  await inParallel([], 4, () => Promise.reject(new Error('never')));
});
