import { describe, expect, it } from 'vitest';
import { serverDied, startFailed } from './start-error.ts';

const NAMES = ['shared_buffers', 'work_mem', 'temp_buffers'];

describe('startFailed', () => {
  it('asks whether a known setting was meant', () => {
    const log = 'LOG:  unrecognized configuration parameter "shared_bufers" in file "/x" line 2\n';
    expect(startFailed({ code: 1, signal: null, log }, NAMES)).toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: 'PostgreSQL did not start: unrecognized configuration parameter "shared_bufers"',
      hint: 'correct or remove shared_bufers under postgres.settings (did you mean shared_buffers?)',
    });
  });

  it('says how the server ended when it logged nothing', () => {
    expect(startFailed({ code: 127, signal: null, log: '' }, NAMES)).toMatchObject({
      message: 'PostgreSQL did not start: exit code 127, and no word in its log',
      hint: 'check postgres.settings in rehearsal.yaml',
    });
  });

  it('knows a full disk', () => {
    const log = 'FATAL:  could not write lock file "postmaster.pid": No space left on device\n';
    expect(startFailed({ code: 1, signal: null, log }, NAMES)).toMatchObject({ code: 'DISK_FULL' });
  });
});

describe('serverDied', () => {
  it('quotes the last words', () => {
    const log = 'PANIC:  could not locate a valid checkpoint record\n';
    expect(serverDied({ code: 1, signal: null, log })).toMatchObject({
      code: 'POSTGRES_DIED',
      message:
        'PostgreSQL ended while it was needed; its last words: could not locate a valid checkpoint record',
    });
  });

  it('names the signal where there were none', () => {
    expect(serverDied({ code: null, signal: 'SIGKILL', log: 'ERROR:  no\n' })).toMatchObject({
      code: 'POSTGRES_DIED',
      message: 'PostgreSQL ended while it was needed; killed by SIGKILL',
    });
  });

  it('blames a full disk', () => {
    const log = 'PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device\n';
    expect(serverDied({ code: 1, signal: null, log })).toMatchObject({ code: 'DISK_FULL' });
  });
});
