import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WritesInFlight } from './writes-in-flight.ts';

test('a write that failed while nobody waited is told by the next one, and at the end', async () => {
  const writes = new WritesInFlight();
  await writes.add(Promise.reject(new Error('no space left')));
  await pause(1);
  await expect(writes.add(Promise.resolve())).rejects.toThrow('no space left');
  await expect(writes.whole()).rejects.toThrow('no space left');
});

test('with sixty-four under way it waits until one of them is answered', async () => {
  const writes = new WritesInFlight();
  const answers: (() => void)[] = [];
  const write = (): Promise<void> => new Promise((resolve) => void answers.push(resolve));
  for (let at = 1; at < 64; at++) await writes.add(write());
  let isTaken = false;
  const last = writes.add(write()).then(() => {
    isTaken = true;
  });
  await pause(5);
  expect(isTaken).toBe(false);
  answers[0]?.();
  await last;
  for (const answer of answers) answer();
  await writes.whole();
});
