import { expect, test } from 'vitest';
import { registerSecret } from '../../shared/text/redact.ts';
import { globalFlags, Output, wantsColor } from './output.ts';

function capture(argv: readonly string[] = []): { out: Output; stdout: string[]; stderr: string[] } {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const out = new Output(
    {
      stdout: { write: (text) => stdout.push(text) },
      stderr: { write: (text) => stderr.push(text) },
      cwd: '/',
      env: {},
      isTTY: false,
      columns: 80,
    },
    globalFlags(argv),
  );
  return { out, stdout, stderr };
}

test('no secret reaches either stream, and JSON stays JSON', () => {
  registerSecret('hunter-2-hunter');
  const { out, stdout, stderr } = capture();
  out.result('password is hunter-2-hunter');
  out.problem('postgresql://app:geheim@db/x failed');
  out.document({ sql: `set password="hunter-2-hunter" -- password=abc"`, rows: 2 });
  expect(stdout[0]).toBe('password is ***\n');
  expect(stderr).toEqual(['postgresql://app:***@db/x failed\n']);
  expect(JSON.parse(stdout[1] ?? '')).toEqual({ sql: 'set password=*** -- password=***"', rows: 2 });
});

test('--quiet leaves out notes, not problems', () => {
  const { out, stdout, stderr } = capture(['run', '--quiet']);
  out.note('installing');
  out.problem('broken');
  out.result('PASS');
  expect([stdout, stderr]).toEqual([['PASS\n'], ['broken\n']]);
});

test('lines go above a block while one is drawn', () => {
  const { out, stderr } = capture();
  const above: string[] = [];
  const release = out.printAboveWith((line) => above.push(line));
  out.note('first');
  release();
  out.note('second');
  expect([above, stderr]).toEqual([['first'], ['second\n']]);
});

test('colour: --no-color wins over NO_COLOR, that over FORCE_COLOR, that over the terminal', () => {
  const flags = globalFlags([]);
  expect([
    wantsColor({}, flags, true),
    wantsColor({}, flags, false),
    wantsColor({ FORCE_COLOR: '1' }, flags, false),
    wantsColor({ FORCE_COLOR: '0' }, flags, true),
    wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, flags, true),
    wantsColor({ NO_COLOR: '' }, flags, true),
    wantsColor({ FORCE_COLOR: '1' }, globalFlags(['--no-color']), true),
  ]).toEqual([true, false, true, false, false, true, false]);
});
