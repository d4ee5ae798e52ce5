import pg from 'pg';
import { expect, test } from 'vitest';
import { exitCodeFor, InputError, RehearsalError, type ErrorCode } from '../../shared/errors.ts';
import { errorLines } from './print-error.ts';

test('an error that a user can act on is its code, what happened and what to do', () => {
  const error = new RehearsalError('RESTORE_FAILED', 'line 12: no table', { hint: 'look at the dump' });
  expect(errorLines(error)).toEqual(['error RESTORE_FAILED: line 12: no table', 'hint: look at the dump']);
  expect(errorLines(new RehearsalError('TIMED_OUT', 'too slow'))).toEqual(['error TIMED_OUT: too slow']);
});

test('each kind of error has its exit code', () => {
  const codes: [ErrorCode, number][] = [
    ['USAGE', 2],
    ['REHEARSAL_NOT_FOUND', 2],
    ['BASELINE_UNHEALTHY', 2],
    ['RESTORE_FAILED', 3],
    ['DISK_FULL', 3],
    ['LEFTOVERS', 6],
    ['INTERRUPTED', 130],
  ];
  expect(codes.map(([code]) => exitCodeFor(new RehearsalError(code, '')))).toEqual(
    codes.map(([, exit]) => exit),
  );
  expect([new InputError([]), new TypeError('x'), 'thrown text'].map(exitCodeFor)).toEqual([2, 1, 1]);
});

test('all mistakes of an input are grouped by file, in the order of their lines', () => {
  const yaml = 'rehearsals/split/rehearsal.yaml';
  const error = new InputError([
    { file: yaml, line: 119, key: 'plan[3].backfil', message: 'unknown key; did you mean backfill?' },
    { file: 'sql/1.sql', key: '', message: 'is not UTF-8 text' },
    { file: yaml, line: 12, key: 'load.rate', message: '400/m is not a rate; write 400/s' },
    { file: '', key: 'budgets', message: 'none' },
  ]);
  expect(`\n${errorLines(error).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    error  rehearsals/split/rehearsal.yaml has 2 mistakes
       12 load.rate: 400/m is not a rate; write 400/s
      119 plan[3].backfil: unknown key; did you mean backfill?
    error  sql/1.sql has 1 mistake
      is not UTF-8 text
    error  the rehearsal has 1 mistake
      budgets: none
    "
  `);
});

test('an unknown error is a bug of the tool, and the stack needs --verbose', () => {
  const error = new TypeError('x is not a function', { cause: new RangeError('deeper') });
  expect(errorLines(error)).toEqual([
    'error INTERNAL: x is not a function',
    'hint: this is a bug in rehearse; repeat it with --verbose and report what it prints',
  ]);
  const verbose = errorLines(error, { verbose: true });
  expect(verbose[2]).toBe('TypeError: x is not a function');
  expect(verbose[3]).toMatch(/^ +at .*print-error\.test\.ts/);
  expect(verbose).toContain('caused by RangeError: deeper');
});

test('an error of PostgreSQL never shows values of rows, also not with its stack', () => {
  const error = new pg.DatabaseError('invalid input syntax for type integer: "secret value"', 10, 'error');
  error.code = '22P02';
  error.detail = 'row (secret value)';
  const lines = errorLines(error, { verbose: true });
  expect(lines[0]).toBe('error INTERNAL: PostgreSQL said 22P02: invalid input syntax for type integer: "…"');
  expect(lines.join('\n')).not.toContain('secret');
});

test('control characters in a message cannot touch the terminal', () => {
  const error = new RehearsalError('USAGE', 'no file \u001b[2J\u0007x', { hint: 'a\rb' });
  expect(errorLines(error)).toEqual(['error USAGE: no file [2Jx', 'hint: ab']);
});

test('colour is put on only when it is wanted', () => {
  const error = new RehearsalError('USAGE', 'wrong');
  expect(errorLines(error, { color: true })).toEqual(['\u001b[31merror USAGE:\u001b[39m wrong']);
});
