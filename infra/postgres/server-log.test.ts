import { describe, expect, it } from 'vitest';
import { isDiskFull, isPortTaken, lastWords, startProblems } from './server-log.ts';

const AT = '2026-11-20 10:00:00.000 UTC [4711]';

describe('startProblems', () => {
  it('names every setting that PostgreSQL does not know', () => {
    const log = `${AT} LOG:  unrecognized configuration parameter "shared_bufers" in file "/tmp/x/dress-rehearsal.conf" line 2
${AT} LOG:  unrecognized configuration parameter "work_men" in file "/tmp/x/dress-rehearsal.conf" line 3
${AT} FATAL:  configuration file "/tmp/x/postgresql.conf" contains errors
`;
    expect(startProblems(log)).toEqual([
      { message: 'unrecognized configuration parameter "shared_bufers"', unknownSetting: 'shared_bufers' },
      { message: 'unrecognized configuration parameter "work_men"', unknownSetting: 'work_men' },
    ]);
  });

  it('names a setting whose value is refused, with PostgreSQL’s hint', () => {
    const log = `${AT} LOG:  invalid value for parameter "shared_buffers": "1 GiB"
${AT} HINT:  Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".
${AT} FATAL:  configuration file "/tmp/x/postgresql.conf" contains errors
`;
    expect(startProblems(log)).toEqual([
      {
        message: 'invalid value for parameter "shared_buffers": "1 GiB"',
        wrongSetting: 'shared_buffers',
        hint: 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".',
      },
    ]);
  });

  it('knows which setting a missing library comes from', () => {
    expect(
      startProblems(`${AT} FATAL:  could not access file "nosuch": No such file or directory\n`),
    ).toEqual([
      {
        message: 'could not access file "nosuch": No such file or directory',
        wrongSetting: 'shared_preload_libraries',
      },
    ]);
  });

  it('falls back to the last fatal line', () => {
    const log = `${AT} LOG:  starting PostgreSQL 18.4
${AT} LOG:  could not bind IPv4 address "127.0.0.1": Permission denied
${AT} HINT:  Is another postmaster already running on port 80? If not, wait a few seconds and retry.
${AT} FATAL:  could not create any TCP/IP sockets
`;
    expect(startProblems(log)).toEqual([
      {
        message: 'could not bind IPv4 address "127.0.0.1": Permission denied',
        hint: 'Is another postmaster already running on port 80? If not, wait a few seconds and retry.',
      },
    ]);
    expect(startProblems('')).toEqual([]);
  });
});

describe('lastWords', () => {
  it('prefers a panic to what follows from it', () => {
    const log = `${AT} PANIC:  could not write to file "pg_wal/xlogtemp.7": No space left on device
${AT} STATEMENT:  insert into customer values ('PANIC:  secret')
${AT} FATAL:  the database system is in recovery mode
${AT} LOG:  startup process (PID 7) was terminated by signal 6: Aborted
`;
    expect(lastWords(log)).toBe('could not write to file "pg_wal/xlogtemp.7": No space left on device');
    expect(isDiskFull(lastWords(log) ?? '')).toBe(true);
  });

  it('never quotes an error or a detail, which carry row values', () => {
    const log = `${AT} ERROR:  invalid input syntax for type integer: "secret"
${AT} DETAIL:  Key (email)=(secret) already exists.
${AT} STATEMENT:  select
\tFATAL:  secret
${AT} LOG:  server process (PID 9) was terminated by signal 9: Killed
`;
    expect(lastWords(log)).toBe('server process (PID 9) was terminated by signal 9: Killed');
  });

  it('has nothing to say about sessions that were refused or ended', () => {
    const log = `${AT} FATAL:  password authentication failed for user "postgres"
${AT} FATAL:  terminating connection due to administrator command
${AT} FATAL:  sorry, too many clients already
${AT} FATAL:  database "nosuch" does not exist
`;
    expect(lastWords(log)).toBeUndefined();
  });
});

describe('isPortTaken', () => {
  it('knows the words of Linux and macOS', () => {
    expect(isPortTaken('LOG:  could not bind IPv4 address "127.0.0.1": Address already in use')).toBe(true);
    expect(isPortTaken('LOG:  could not bind IPv4 address "127.0.0.1": Permission denied')).toBe(false);
  });
});
