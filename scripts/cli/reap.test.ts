import { expect, test } from 'vitest';
import type { Leftover } from '../../infra/targets/target.ts';
import { globalFlags, Output } from './output.ts';
import { reap } from './reap.ts';

const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2999-01-01T00:00:00.000Z';

/** A target with these leftovers; those named in `stuck` cannot be removed. */
async function run(
  found: readonly Leftover[],
  options: { execute?: true; run?: string; stuck?: readonly string[] } = {},
) {
  let there = [...found];
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text.trimEnd()) };
  const io = { stdout: sink, stderr: sink, cwd: '/', env: {}, isTTY: false, columns: 80 };
  const flags = globalFlags([]);
  const { stuck = [], ...verb } = options;
  const code = await reap(
    verb,
    { io, flags, out: new Output(io, flags) },
    {
      sweepAll: () => Promise.resolve(there),
      removeAll: (wanted) => {
        there = there.filter((left) => !wanted.includes(left) || stuck.includes(left.what));
        return Promise.resolve(stuck.map((what) => `could not remove ${what}`));
      },
    },
  );
  return { code, lines };
}

function leftover(what: string, inUse: boolean, expiresAt: string): Leftover {
  return { target: 'cloud', runId: 'demo', what, expiresAt, inUse, remove: () => Promise.resolve() };
}

test('what has expired but seems in use is left, and that is exit 6', async () => {
  expect(await run([leftover('host a', true, PAST), leftover('host b', false, FUTURE)])).toEqual({
    code: 6,
    lines: [
      'removed  demo  host b',
      'left     demo  host a  (in use, but expired: rehearse reap --execute removes it)',
    ],
  });
});

test('--execute removes what has expired, but not what is in use', async () => {
  const found = [leftover('host a', true, PAST), leftover('host b', true, FUTURE)];
  expect(await run(found, { execute: true })).toEqual({
    code: 0,
    lines: ['removed  demo  host a', `left     demo  host b  (in use until ${FUTURE})`],
  });
});

test('what could not be removed is exit 6', async () => {
  expect(await run([leftover('host a', false, FUTURE)], { stuck: ['host a'] })).toEqual({
    code: 6,
    lines: ['could not remove host a', 'left     demo  host a  (could not be removed)'],
  });
});

test('hosts of a dead run are shown by reap and removed by reap --execute', async () => {
  const host: Leftover = { ...leftover('host a', false, FUTURE), confirm: true };
  expect(await run([host])).toEqual({
    code: 6,
    lines: ['left     demo  host a  (its run is dead: rehearse reap --execute removes it)'],
  });
  expect(await run([host], { execute: true })).toEqual({ code: 0, lines: ['removed  demo  host a'] });
});

test('--run looks at one run only, and with --execute removes it although it is in use', async () => {
  const found = [leftover('host a', true, FUTURE), { ...leftover('host b', false, FUTURE), runId: 'other' }];
  expect(await run(found, { run: 'demo' })).toEqual({
    code: 0,
    lines: [`left     demo  host a  (in use until ${FUTURE})`],
  });
  expect(await run(found, { run: 'demo', execute: true })).toEqual({
    code: 0,
    lines: ['removed  demo  host a'],
  });
});
