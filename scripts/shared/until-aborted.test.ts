import { expect, test } from 'vitest';
import { sleep } from './clock.ts';
import { settleStragglers, untilAborted } from './until-aborted.ts';

const stopped = new Error('stopped');

/** Takes back what it made only some time after the abort. */
function slowToEnd(unwindsForMs: number): {
  readonly run: () => Promise<never>;
  readonly isOver: () => boolean;
} {
  let isOver = false;
  const run = async (): Promise<never> => {
    await sleep(unwindsForMs);
    isOver = true;
    throw new Error('interrupted in the middle');
  };
  return { run, isOver: () => isOver };
}

test('what does not end in time after an abort is given up, and can be waited for', async () => {
  const work = slowToEnd(60);
  const interrupted = untilAborted(work.run, abortedAfter(10), 5);
  await expect(interrupted).rejects.toBe(stopped);
  expect(work.isOver()).toBe(false);
  await expect(settleStragglers(5)).rejects.toMatchObject({ code: 'TIMED_OUT' });
  await settleStragglers(5_000);
  expect(work.isOver()).toBe(true);
});

test('what ends in time is waited for at once', async () => {
  const work = slowToEnd(30);
  await expect(untilAborted(work.run, abortedAfter(10), 5_000)).rejects.toBe(stopped);
  expect(work.isOver()).toBe(true);
  await settleStragglers(1);
});

function abortedAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  void sleep(ms).then(() => {
    controller.abort(stopped);
  });
  return controller.signal;
}
