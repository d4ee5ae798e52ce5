import { expect, test } from 'vitest';
import { waitRecord } from '../evidence-fixture.ts';
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
