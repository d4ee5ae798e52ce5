import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { signalGroup } from './process-group.ts';

it('ends a group with all that its leader has started, and says when there is none', async () => {
  const child = spawn('sh', ['-c', 'sleep 60 & echo up; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  // Its output ends when nobody holds it any more.
  const closed = once(child, 'close');
  expect(signalGroup(child.pid, 'SIGKILL')).toBe(true);
  await closed;
  const alone = spawn('true', { detached: true, stdio: 'ignore' });
  await once(alone, 'close');
  expect(signalGroup(alone.pid, 'SIGKILL')).toBe(false);
});

it('never takes all processes, or its own, for a group', () => {
  expect([undefined, 0, 1].map((pid) => signalGroup(pid, 'SIGKILL'))).toEqual([false, false, false]);
});
