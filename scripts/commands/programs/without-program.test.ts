import { expect, test } from 'vitest';
import { refuseWithoutProgram } from './without-program.ts';

const refuse = (exitCode: number, line: string, command = 'flyway migrate'): void => {
  refuseWithoutProgram('step up', command, { exitCode, lastLines: ['before', line] });
};

test.each([
  [127, 'sh: 1: flyway: not found', 'step up: flyway was not found (exit code 127)'],
  [127, 'sh: line 1: flyway: command not found', 'step up: flyway was not found (exit code 127)'],
  [126, 'sh: 1: flyway: Permission denied', 'step up: flyway could not be run (exit code 126)'],
  [
    127,
    '/usr/bin/env: secret-value: No such file or directory',
    'step up: a program that it calls was not found (exit code 127)',
  ],
])('exit code %s with "%s" is no verdict', (exitCode, line, message) => {
  expect(() => {
    refuse(exitCode, line);
  }).toThrow(message);
});

test('any other end of a command is the plan’s', () => {
  refuse(1, 'sh: 1: flyway: not found');
  refuse(0, '');
});
