import { expect, it } from 'vitest';
import { troublesIn } from './log-trouble.ts';

const AT = '2026-11-26 02:14:07.000 UTC [4711] ';

it.each([
  [
    'LOG:  client backend (PID 815) was terminated by signal 9: Killed',
    [{ kind: 'crash', pid: 815, signal: 9 }],
  ],
  [
    'LOG:  server process (PID 7) was terminated by signal 11: Segmentation fault',
    [{ kind: 'crash', pid: 7, signal: 11 }],
  ],
  ['LOG:  checkpointer process (PID 7) was terminated by signal 6', [{ kind: 'crash', pid: 7, signal: 6 }]],
  ['ERROR:  could not extend file "base/5/16391": No space left on device', [{ kind: 'disk-full' }]],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.42": No space left on device', [{ kind: 'disk-full' }]],
  ['LOG:  could not write temporary statistics file "x": Disk quota exceeded', [{ kind: 'disk-full' }]],
  ['ERROR:  out of file descriptors: Too many open files; release and retry', []],
  ['LOG:  out of file descriptors: Too many open files in system', []],
  ['FATAL:  could not open file "base/5/1": Too many open files', [{ kind: 'descriptors' }]],
  ['LOG:  could not fork new process for connection: Cannot allocate memory', [{ kind: 'memory' }]],
  ['ERROR:  out of memory', [{ kind: 'memory' }]],
  ['ERROR:  out of shared memory', []],
  ['DETAIL:  Key (note)=(could not write: No space left on device) already exists.', []],
  ['STATEMENT:  select 1', []],
])('reads %s', (line, expected) => {
  expect(troublesIn([AT + line])).toEqual(expected);
});
