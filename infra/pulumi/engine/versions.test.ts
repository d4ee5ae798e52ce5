import { expect, test } from 'vitest';
import { isAcceptedCli, isAtLeast, parseVersion } from './versions.ts';

test('a version is read from what programs print', () => {
  const printed = [
    'v3.259.0\n',
    'go1.26.8',
    '3.250.0-alpha.1+dirty',
    'go version go1.19 linux/amd64',
    'none',
  ];
  expect(printed.map(parseVersion)).toEqual(['3.259.0', '1.26.8', '3.250.0', '1.19.0', undefined]);
});

test('versions are compared by number and not by letter', () => {
  expect(isAtLeast('1.25.11', '1.25.9')).toBe(true);
  expect(isAtLeast('1.25.9', '1.25.11')).toBe(false);
  expect(isAtLeast('1.26.0', '1.25.11')).toBe(true);
  expect(isAtLeast('1.25.11', '1.25.11')).toBe(true);
});

test.each([
  ['3.237.9', false],
  ['3.238.0', true],
  ['3.1000.0', true],
  ['4.0.0', false],
  ['2.999.0', false],
])('a CLI of version %s is accepted: %s', (version, accepted) => {
  expect(isAcceptedCli(version)).toBe(accepted);
});
