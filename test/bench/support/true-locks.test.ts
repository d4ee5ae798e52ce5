import { expect, test } from 'vitest';
import { trueLocks } from './true-locks.ts';

const line = (pid: number, seconds: string, event: string): string =>
  `        postgres-${pid}    [001] DNZff ${seconds}: ${event}`;

test('joins what was traced into holds from the grant on, and waits of all backends', () => {
  const lock = (mode: number): string => `(0x5571) rel=16384 type=0 mode=${mode}`;
  const lines = [
    line(7, '10.000000', `take: ${lock(8)}`),
    line(7, '10.000100', `sleep: ${lock(8)}`),
    line(7, '10.500000', 'woke: (0x5572 <- 0x5573)'),
    line(8, '10.510000', `sleep: ${lock(1)}`),
    line(9, '10.520000', `sleep: (0x5571) rel=771 type=5 mode=5`), // for a transaction
    line(9, '10.530000', 'woke: (0x5572 <- 0x5573)'),
    line(10, '10.540000', `sleep: ${lock(1)}`),
    line(10, '10.590000', 'gave_up: (0x5571)'),
    line(7, '10.600000', 'free: (0x5572 <- 0x5573)'),
    line(8, '10.600100', 'woke: (0x5572 <- 0x5573)'),
    'CPU:1 [LOST 12 EVENTS]',
  ];
  const rounded = ({ pid, relation, fromMs, toMs }: Record<string, number>): unknown[] => [
    pid,
    relation,
    Math.round(fromMs ?? 0),
    Math.round(toMs ?? 0),
  ];
  const { holds, waits } = trueLocks(lines);
  expect(holds.map((hold) => rounded({ ...hold }))).toEqual([[7, 16384, 10_500, 10_600]]);
  expect(waits.map((wait) => rounded({ ...wait }))).toEqual([
    [7, 16384, 10_000, 10_500],
    [10, 16384, 10_540, 10_590],
    [8, 16384, 10_510, 10_600],
  ]);
});
