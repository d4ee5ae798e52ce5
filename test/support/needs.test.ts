import { expect, test } from 'vitest';
import { needs } from './needs.ts';

test('a program on PATH and a file that is there are found', () => {
  expect(needs('node', 'to run', { PATH: `/nowhere:${process.execPath.replace(/\/[^/]+$/, '')}` })).toBe(
    true,
  );
  expect(needs(process.execPath, 'to run', {})).toBe(true);
});

test('a missing program skips on a workplace and fails in CI', () => {
  expect(needs('no-such-program', 'to test', { PATH: '/nowhere' })).toBe(false);
  expect(() => needs('no-such-program', 'to test', { PATH: '/nowhere', CI: 'true' })).toThrow(
    'no-such-program is missing: needed to test; in CI no test may be skipped (see .ci/run)',
  );
});
