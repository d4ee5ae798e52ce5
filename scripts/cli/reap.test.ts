import { expect, test } from 'vitest';
import type { Leftover, NotOurs, Unseen } from '../../infra/contract/target.ts';
import { globalFlags, Output } from './output/output.ts';
import { removeDeadRuns } from './leftovers.ts';
import { reap } from './reap.ts';

const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2999-01-01T00:00:00.000Z';

/** A target with these leftovers; those named in `stuck` cannot be removed. */
async function run(
  found: readonly Leftover[],
  options: {
    execute?: true;
    run?: string;
    stuck?: readonly string[];
    notOurs?: readonly NotOurs[];
    unseen?: readonly Unseen[];
  } = {},
) {
  let there = [...found];
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text.trimEnd()) };
  const io = { stdout: sink, stderr: sink, cwd: '/', env: {}, isTTY: false, columns: 80 };
  const flags = globalFlags([]);
  const { stuck = [], notOurs = [], unseen = [], ...verb } = options;
  const code = await reap(
    verb,
    { io, flags, out: new Output(io, flags) },
    {
      sweepAll: () => Promise.resolve({ found: there, unseen }),
      findNotOurs: () => Promise.resolve({ found: [...notOurs], unseen }),
      removeAll: (wanted) => {
        there = there.filter((left) => !wanted.includes(left) || stuck.includes(left.what));
        return Promise.resolve(stuck.map((what) => `could not remove ${what}`));
      },
    },
  );
  return { code, lines };
}

function leftover(what: string, inUse: boolean, expiresAt: string): Leftover {
  return {
    target: 'cloud',
    runId: 'demo',
    what,
    expiresAt,
    inUse,
    ownerDied: !inUse,
    remove: () => Promise.resolve(),
  };
}

const HINT = 'rehearse reap --execute --run demo removes it';

test('without --execute nothing is removed, and what could be is exit 6', async () => {
  const found = [leftover('host a', true, PAST), leftover('host b', false, FUTURE)];
  expect(await run(found)).toEqual({
    code: 6,
    lines: [
      `left     demo  host a  (in use, but expired: ${HINT})`,
      `left     demo  host b  (its run is dead: ${HINT})`,
    ],
  });
});

test('--execute removes what has expired and what is dead, but not what is in use', async () => {
  const found = [
    leftover('host a', true, PAST),
    leftover('host b', true, FUTURE),
    leftover('host c', false, FUTURE),
  ];
  expect(await run(found, { execute: true })).toEqual({
    code: 0,
    lines: [
      'removed  demo  host a',
      'removed  demo  host c',
      `left     demo  host b  (in use until ${FUTURE})`,
    ],
  });
});

test('what could not be removed is exit 6', async () => {
  expect(await run([leftover('host a', false, FUTURE)], { execute: true, stuck: ['host a'] })).toEqual({
    code: 6,
    lines: ['could not remove host a', 'left     demo  host a  (could not be removed)'],
  });
});

test('what is not ours is told, and no reason for another exit code', async () => {
  const notOurs = [{ what: '/tmp/dress-rehearsal-notes', why: 'it has no claim' }];
  expect(await run([], { notOurs })).toEqual({
    code: 0,
    lines: ['not ours /tmp/dress-rehearsal-notes  (it has no claim: left alone)', 'nothing left behind'],
  });
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

test('a target that could not be looked at may hold something, which is exit 6; the others are reaped', async () => {
  const unseen = [{ target: 'cloud', why: 'its API does not answer' }];
  const line = 'could not look at target cloud: its API does not answer (something may be left there)';
  expect(await run([leftover('host a', false, FUTURE)], { execute: true, unseen })).toEqual({
    code: 6,
    lines: ['removed  demo  host a', line],
  });
  expect(await run([], { unseen })).toEqual({ code: 6, lines: [line] });
  expect(await run([], { run: 'demo', unseen })).toEqual({ code: 6, lines: [line] });
});

test('a run begins although a target cannot be looked at, which is told', async () => {
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text.trimEnd()) };
  const io = { stdout: sink, stderr: sink, cwd: '/', env: {}, isTTY: false, columns: 200 };
  await removeDeadRuns({ io, out: new Output(io, globalFlags([])) }, undefined, () =>
    Promise.resolve({ found: [], unseen: [{ target: 'cloud', why: 'its API does not answer' }] }),
  );
  expect(lines).toEqual([
    'could not look at target cloud: its API does not answer; what dead runs left there stays for now',
  ]);
});

test('--run says so when it knows no such run', async () => {
  await expect(run([leftover('host a', false, FUTURE)], { run: 'dmeo' })).rejects.toMatchObject({
    code: 'RUN_NOT_FOUND',
    message: 'unknown run dmeo: nothing here carries its claim',
  });
});
