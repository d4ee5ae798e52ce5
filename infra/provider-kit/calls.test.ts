import { expect, it } from 'vitest';
import { sleep } from '../../scripts/shared/clock.ts';
import { Calls } from './calls.ts';

it('stops every call when the engine cancels, and takes no new ones', async () => {
  const calls = new Calls();
  const running = [1, 2].map(() => calls.run((signal) => sleep(60_000, signal)));
  calls.cancel('cancelled');
  for (const call of running) await expect(call).rejects.toThrow('cancelled');
  await expect(calls.run(() => Promise.resolve())).rejects.toThrow('cancelled');
});

it('is idle only when the last call has cleaned up', async () => {
  const calls = new Calls();
  let cleaned = false;
  const call = calls.run(async (signal) => {
    await sleep(60_000, signal).catch(() => sleep(50));
    cleaned = true;
  });
  calls.cancel('cancelled');
  await calls.idle();
  expect(cleaned).toBe(true);
  await call;
});
