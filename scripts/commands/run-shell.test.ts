import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { monotonicMs } from '../shared/clock.ts';
import { runShell, type ShellCommand, type ShellEnd } from './run-shell.ts';

const PATH = { PATH: process.env['PATH'] ?? '' };

async function run(command: string, extra: Partial<ShellCommand> = {}): Promise<ShellEnd & { ms: number }> {
  const startedMs = monotonicMs();
  const signal = new AbortController().signal;
  const end = await runShell({ command, cwd: '/', env: PATH, signal, keptLines: 3, ...extra });
  return { ...end, ms: monotonicMs() - startedMs };
}

test('the last lines are kept, also the one without an end', async () => {
  const end = await run("printf '1\\n2\\n3\\n4' ; exit 3");
  expect(end).toMatchObject({ exitCode: 3, timedOut: false, strays: 0, lastLines: ['2', '3', '4'] });
});

test('a line without end is cut', async () => {
  const { lastLines } = await run("head -c 50000000 /dev/zero | tr '\\0' x; echo; echo after");
  expect(lastLines).toHaveLength(2);
  expect(lastLines[0]).toMatch(/^x{16384}… \(49983616 more characters\)$/);
  expect(lastLines[1]).toBe('after');
});

test.each([
  ['in a session of its own', 'setsid sleep 4321 & true'],
  ['in the same group', 'sleep 4321 & true'],
  ['without the pipes', 'setsid sleep 4321 >/dev/null 2>&1 & true'],
  ['twice forked', '(setsid sh -c "sleep 4321 & sleep 4321" &) ; true'],
  ['deaf to SIGHUP and SIGINT', 'setsid sh -c \'trap "" HUP INT; while :; do sleep 1; done\' & true'],
])('what a command leaves running %s does not hold it, and is ended', async (_, command) => {
  const end = await run(command, { timeoutMs: 30_000 });
  expect(end).toMatchObject({ exitCode: 0, timedOut: false });
  expect(end.strays).toBeGreaterThan(0);
  expect(end.ms).toBeLessThan(6_000);
  expect(await marked()).toEqual([]);
});

test('what begins another program in the very moment of the look is ended too', async () => {
  for (let round = 1; round <= 60; round++) await run('setsid sleep 4321 >/dev/null 2>&1 & true');
  expect(await marked()).toEqual([]);
});

test('what does not listen to SIGTERM is killed', async () => {
  const end = await run('setsid sh -c \'trap "" TERM; while :; do sleep 0.1; done\' & sleep 0.2');
  expect(end).toMatchObject({ exitCode: 0 });
  expect(await marked()).toEqual([]);
});

test('its time holds whatever it started', async () => {
  const end = await run('setsid sleep 4321 & sleep 4321', { timeoutMs: 300 });
  expect(end).toMatchObject({ exitCode: null, endedBy: 'SIGTERM', timedOut: true });
  expect(end.ms).toBeLessThan(4_000);
  expect(await marked()).toEqual([]);
});

test('nobody else is ended: neither those with another mark nor those with the same group name or command line', async () => {
  const start = (seconds: string, mark: Record<string, string>): ChildProcess =>
    spawn('sleep', [seconds], { env: { ...PATH, ...mark }, detached: true, stdio: 'ignore' });
  const others = [
    start('4322', { REHEARSE_COMMAND_ID: 'another' }),
    start('4321', { REHEARSE_RUN_ID: 'tiny-20261126-000000-abcd' }),
  ];
  await run('setsid sleep 4321 & true');
  for (const other of others) {
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
    const ended = once(other, 'exit');
    other.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  }
});

test('an abort ends it with the reason', async () => {
  const stop = new AbortController();
  setTimeout(() => {
    stop.abort(new Error('stopped by the test'));
  }, 100);
  await expect(run('setsid sleep 4321 & sleep 4321', { signal: stop.signal })).rejects.toThrow(
    'stopped by the test',
  );
  expect(await marked()).toEqual([]);
});

/** Processes of ours that `run` started. */
async function marked(): Promise<string[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,stat=,args='], { reject: false });
  return stdout.split('\n').filter((line) => /sleep 4321$/.test(line) && !/\sZ/.test(line));
}
