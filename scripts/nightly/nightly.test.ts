import { expect, test } from 'vitest';
import { sleep } from '../shared/clock.ts';
import { nightHead, nightMarkdown, nightRows } from './night-table.ts';
import { outcomeWord, worstExit, type NightOutcome } from './outcome.ts';
import { playAll } from './play-all.ts';
import { parseShard, partOf } from './shard.ts';

function outcome(exitCode: number | null, rest: Partial<NightOutcome> = {}): NightOutcome {
  const fixed = { rehearsal: 'demo', wasStarted: true, durationMs: 61_000, runId: null, regressions: 0 };
  return { ...fixed, exitCode, headline: 'All ran.', ...rest };
}

test.each([
  [[], 0],
  [[0, 0], 0],
  [[0, 5], 5],
  [[5, 2], 2],
  [[2, 3], 3],
  [[3, 4, 5], 4],
  [[4, 1], 1],
  [[1, 6, 4], 6],
  [[0, null], 3],
])('a night of %j ends with %d', (codes, worst) => {
  expect(worstExit(codes.map((code) => outcome(code)))).toBe(worst);
});

test('what passed and regressed beyond its budget counts as failed', () => {
  const slow = outcome(0, { regressions: 2 });
  expect([outcomeWord(slow), worstExit([slow])]).toEqual(['regressed', 4]);
});

test('the table says who was killed and what was never started', () => {
  const rows = nightRows([outcome(0), outcome(null), outcome(null, { wasStarted: false, durationMs: 0 })]);
  expect(rows.map(([, word, took]) => [word, took])).toEqual([
    ['pass', '1 min 1 s'],
    ['killed', '1 min 1 s'],
    ['not started', '–'],
  ]);
  expect(nightMarkdown([outcome(4, { headline: 'a | b `c`', runId: 'r-1' })])).toContain(
    '| demo | **fail** | 1 min 1 s | a \\| b \\`c\\` (`r-1`) |',
  );
});

test('the table says who had whose hosts where some were shared', () => {
  const shared = { id: 'batch-20260727-031500-a1b2', position: 2, of: 3 };
  const outcomes = [outcome(0, { shared }), outcome(0), outcome(null, { wasStarted: false })];
  expect([nightHead(outcomes), ...nightRows(outcomes)].map((row) => row.slice(3, -1))).toEqual([
    ['HOSTS'],
    ['2 of 3 on batch-20260727-031500-a1b2'],
    ['its own'],
    ['–'],
  ]);
  expect(nightMarkdown(outcomes)).toContain(
    '| demo | pass | 1 min 1 s | 2 of 3 on batch-20260727-031500-a1b2 | All ran. |',
  );
  expect(nightHead([outcome(0)])).toEqual(['REHEARSAL', 'VERDICT', 'DURATION', 'WHAT']);
});

test('shards share all rehearsals among them, each exactly once', () => {
  const all = ['a', 'b', 'c', 'd', 'e'];
  const parts = [1, 2, 3].map((index) => partOf(all, parseShard(`${index}/3`)));
  expect(parts).toEqual([['a', 'd'], ['b', 'e'], ['c']]);
  for (const wrong of ['0/3', '4/3', '1', 'a/b', '1/0'])
    expect(() => parseShard(wrong)).toThrow(`--shard ${wrong} is not k/n`);
});

test('never more than so many at a time, and all in the end', async () => {
  let now = 0;
  let most = 0;
  const play = async (): Promise<string> => {
    most = Math.max(most, ++now);
    await sleep(5);
    now -= 1;
    return 'done';
  };
  const results = await playAll(
    Array.from({ length: 7 }, () => play),
    2,
    new AbortController().signal,
  );
  expect({ most, results }).toEqual({ most: 2, results: Array<string>(7).fill('done') });
});

test('when the night is over, what goes on gets the signal and the rest is not started', async () => {
  const stop = new AbortController();
  const started: number[] = [];
  const plays = [0, 1, 2].map((index) => async (signal: AbortSignal) => {
    started.push(index);
    if (index === 1) stop.abort();
    await sleep(1);
    return signal.aborted;
  });
  expect(await playAll(plays, 1, stop.signal)).toEqual([false, true, undefined]);
  expect(started).toEqual([0, 1]);
});
