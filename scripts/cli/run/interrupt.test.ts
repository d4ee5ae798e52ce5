import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { sleep } from '../../shared/clock.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { abortOnSignals } from './interrupt.ts';
import { globalFlags, Output } from '../output/output.ts';
import type { Io } from '../output/io.ts';

function listen() {
  const signals = new EventEmitter();
  const said: string[] = [];
  const exits: number[] = [];
  const io: Io = {
    stdout: { write: () => undefined },
    stderr: { write: (text) => said.push(text) },
    cwd: '/',
    env: {},
    isTTY: false,
    columns: 80,
    signals,
    exitNow: (code) => exits.push(code),
  };
  const flags = globalFlags(['--quiet']);
  const stop = new AbortController();
  const release = abortOnSignals({ io, flags, out: new Output(io, flags) }, stop, () => said.push('closed'));
  return { signals, said, exits, stop, release };
}

test('the first signal aborts with INTERRUPTED, the second leaves at once', async () => {
  const { signals, said, exits, stop, release } = listen();
  signals.emit('SIGTERM', 'SIGTERM');
  expect(stop.signal.reason).toEqual(new RehearsalError('INTERRUPTED', 'the run was stopped by SIGTERM'));
  expect(exits).toEqual([]);
  await sleep(500);
  signals.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([130]);
  expect(said).toEqual([
    'interrupted: tearing down (Ctrl-C again to leave at once)\n',
    'closed',
    'left at once: servers and folders of this run may remain; rehearse reap --execute removes them\n',
  ]);
  release();
  expect(signals.eventNames()).toEqual([]);
});

test('a signal that npm passes on a moment after the terminal has sent it is the same one', () => {
  const { signals, exits, stop, release } = listen();
  signals.emit('SIGINT', 'SIGINT');
  signals.emit('SIGINT', 'SIGINT');
  release();
  expect([stop.signal.aborted, exits]).toEqual([true, []]);
});
