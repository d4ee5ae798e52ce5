import { expect, test } from 'vitest';
import { needs, needsEngine } from './needs.ts';

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

test('tests of the engine skip with the reason that set-up has found, and fail in CI', async () => {
  const env = { PATH: '/nowhere', REHEARSE_NO_ENGINE: 'there is no Go' };
  expect(await needsEngine('to test', env)).toBe(false);
  await expect(needsEngine('to test', { ...env, CI: 'true' })).rejects.toThrow(
    'there is no Go: needed to test; in CI no test may be skipped (see .ci/run)',
  );
});

test('without the reason the engine is looked for', async () => {
  const env = { PATH: '/nowhere', XDG_CACHE_HOME: '/nowhere', CI: 'true' };
  await expect(needsEngine('to test', env)).rejects.toThrow(
    'the Pulumi CLI (3.238 or newer, below 4) is neither on PATH nor in /nowhere/dress-rehearsal/engine: ' +
      'needed to test (npm run setup)',
  );
});
