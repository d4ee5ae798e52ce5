import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { within } from './within.ts';

test('a limit comes also when garbage was collected before it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const signal = within([new AbortController().signal], 400);
  for (let i = 0; i < 3; i += 1) {
    await sleep(50);
    collect();
  }
  await sleep(500);
  expect(signal.aborted).toBe(true);
});

test('it aborts with the signal that it is made of', () => {
  const stop = new AbortController();
  const signal = within([stop.signal], 60_000);
  stop.abort(new Error('enough'));
  expect(signal.reason).toEqual(new Error('enough'));
});
