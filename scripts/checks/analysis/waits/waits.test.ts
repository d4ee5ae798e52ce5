import { expect, test } from 'vitest';
import { waitRecord } from '../../evidence/evidence-fixture.ts';
import { waitSpans } from './waits.ts';

test('polls that see the same wait make one span that ends half-way to the poll that no longer saw it', () => {
  const first = waitRecord({ tMs: 110, sinceMs: 103.2 });
  const second = waitRecord({ tMs: 120, sinceMs: 103.4 });
  const other = waitRecord({ tMs: 131, sinceMs: 125, pid: 1001 });
  expect(waitSpans([second, other, first])).toEqual([
    {
      pid: 1000,
      role: 'app',
      relation: 'public.customers',
      locktype: 'relation',
      mode: 'RowExclusiveLock',
      fromMs: 103.2,
      lastSeenMs: 120,
      toMs: 125.5,
      goneMs: 131,
      seen: [first, second],
    },
    {
      pid: 1001,
      role: 'app',
      relation: 'public.customers',
      locktype: 'relation',
      mode: 'RowExclusiveLock',
      fromMs: 125,
      lastSeenMs: 131,
      toMs: 136,
      goneMs: 141,
      seen: [other],
    },
  ]);
});

test('a wait that began after the last poll that saw the session wait is a new one', () => {
  const spans = waitSpans([
    waitRecord({ tMs: 110, sinceMs: 105 }),
    waitRecord({ tMs: 120, sinceMs: 115 }),
    waitRecord({ tMs: 130, sinceMs: 115 }),
  ]);
  expect(spans.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [105, 115],
    [115, 135],
  ]);
});

test('a poll long after is not the next one: nothing was watched in between', () => {
  const spans = waitSpans([
    waitRecord({ tMs: 110, sinceMs: 105 }),
    waitRecord({ tMs: 5000, sinceMs: 4995, pid: 7 }),
  ]);
  expect(spans[0]?.toMs).toBe(115);
});

test('a first reading without waitstart does not shorten the wait', () => {
  const [span] = waitSpans([waitRecord({ tMs: 110, sinceMs: 110 }), waitRecord({ tMs: 120, sinceMs: 104 })]);
  expect(span?.fromMs).toBe(104);
});

test('a wait that the server told of begins and ends as it said, and the polls say who stood in its way', () => {
  const seen = waitRecord({ tMs: 110, sinceMs: 105 });
  const told = { ...seen, type: 'wait', fromMs: 104.5, toMs: 111.25, end: 'granted' } as const;
  const short = { ...told, pid: 77, fromMs: 106, toMs: 107 };
  expect(waitSpans([seen], [told, short])).toMatchObject([
    { pid: seen.pid, fromMs: 104.5, lastSeenMs: 111.25, toMs: 111.25, goneMs: 111.25, seen: [seen] },
    { pid: 77, fromMs: 106, toMs: 107, goneMs: 107, seen: [] },
  ]);
});

test('two looks see one wait where the server dates it the same, however late an answer came, and two where it does not', () => {
  const late = waitRecord({ tMs: 106.5, sinceMs: 105.9, waitStartMs: 1763848000104 });
  const same = { ...late, tMs: 156, sinceMs: 107.7 };
  expect(waitSpans([late, same])).toMatchObject([{ fromMs: 105.9, seen: [late, same] }]);
  const next = { ...same, waitStartMs: 1763848000105 };
  expect(waitSpans([late, next])).toMatchObject([{ seen: [late] }, { seen: [next] }]);
});

test('what looks saw of one wait that the server told of is one wait', () => {
  const first = waitRecord({ tMs: 106.5, sinceMs: 106.5 });
  const second = waitRecord({ tMs: 156, sinceMs: 109.5 });
  const told = { ...first, type: 'wait', fromMs: 107.4, toMs: 170, end: 'granted' } as const;
  expect(waitSpans([first, second], [told])).toMatchObject([
    { fromMs: 107.4, toMs: 170, seen: [first, second] },
  ]);
});

test('of several waits of a session the poll saw the one that began when it says', () => {
  const seen = waitRecord({ tMs: 100, sinceMs: 96.2 });
  const told = { ...seen, type: 'wait', end: 'granted' } as const;
  const [before, during] = [
    { ...told, fromMs: 85, toMs: 95 },
    { ...told, fromMs: 96, toMs: 130 },
  ];
  expect(waitSpans([seen], [before, during])).toMatchObject([
    { fromMs: 85, toMs: 95, seen: [] },
    { fromMs: 96, toMs: 130, seen: [seen] },
  ]);
});

test('a session that waits ten thousand times is joined with what the server told in no time', () => {
  const moments = Array.from({ length: 10_000 }, (_, place) => 5000 + place / 100);
  const looks = moments.map((tMs) => waitRecord({ tMs, sinceMs: tMs, waitStartMs: tMs }));
  const told = moments.map((fromMs) => ({
    type: 'wait' as const,
    pid: 1000,
    role: 'app' as const,
    locktype: 'relation',
    mode: 'RowExclusiveLock',
    relation: 'public.customers',
    fromMs,
    toMs: fromMs + 0.01,
    end: 'granted' as const,
  }));
  const startedMs = performance.now();
  const spans = waitSpans(looks, told);
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(spans.map(({ seen }) => seen.length)).toEqual(moments.map(() => 1));
});
