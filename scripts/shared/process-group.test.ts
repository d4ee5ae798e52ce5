import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { runGroup, signalGroup, type Ending, type GroupLeader } from './process-group.ts';

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

const WHOLE: readonly Ending[] = [
  { signal: 'SIGTERM', to: 'group', graceMs: 200 },
  { signal: 'SIGKILL', to: 'group' },
];

/** Runs a script until it says something, then ends it; returns how it ended, and a pid that it said. */
async function stopped(
  script: string,
  endings: readonly Ending[],
): Promise<{ endedBy: unknown; pid: number }> {
  const stop = new AbortController();
  let pid = 0;
  const onStart = (child: GroupLeader): void => {
    child.stdout.on('data', (said: Buffer) => {
      pid ||= Number(String(said));
      stop.abort();
    });
  };
  const start = { file: 'sh', args: ['-c', script], cwd: '/', env: process.env };
  const { endedBy, code } = await runGroup(start, { stop: stop.signal, endings, onStart });
  return { endedBy: endedBy ?? code, pid };
}

it('ends a program that does not listen, and what it has started, by one way after another', async () => {
  const deaf = `trap '' TERM; sh -c "trap '' TERM; sleep 60" >/dev/null & echo $!; wait; wait`;
  const { endedBy, pid } = await stopped(deaf, WHOLE);
  expect(endedBy).toBe('SIGKILL');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('lets a leader that is asked alone end the others as it likes', async () => {
  // What it leaves holds none of its output, which would not be over before.
  const leader = `sleep 60 >/dev/null 2>&1 & trap 'exit 3' INT; echo $!; wait`;
  const { endedBy, pid } = await stopped(leader, [{ signal: 'SIGINT', to: 'leader' }]);
  expect(endedBy).toBe(3);
  expect(process.kill(pid, 'SIGKILL')).toBe(true);
});

it('ends a program whose end was asked for before it was started', async () => {
  const start = { file: 'sleep', args: ['60'], cwd: '/', env: process.env };
  const run = { stop: AbortSignal.abort(), endings: WHOLE, onStart: () => undefined };
  expect(await runGroup(start, run)).toEqual({ code: null, endedBy: 'SIGTERM' });
});

it('gives a program its input, and tells that it could not be started', async () => {
  let said = '';
  const run = {
    stop: new AbortController().signal,
    endings: WHOLE,
    onStart: (child: GroupLeader) => void child.stdout.on('data', (text: Buffer) => (said += String(text))),
  };
  const start = { args: [], cwd: '/', env: process.env };
  expect(await runGroup({ ...start, file: 'cat', input: 'heard' }, run)).toEqual({ code: 0, endedBy: null });
  expect(said).toBe('heard');
  await expect(runGroup({ ...start, file: 'no-such-program' }, run)).rejects.toThrow('ENOENT');
});
