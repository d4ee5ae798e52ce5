import { expect, test } from 'vitest';
import { onClock, rowsOnClock } from './on-clock.ts';

test('rows are brought to another clock by their four times, and by nothing else', () => {
  const rows = '[10.001,10.002,10.5,12,0,1,0,4711]\n[20,20,20.25,1020,1,0,"40001",4712]\n';
  expect(rowsOnClock(rows, -2.5)).toBe(
    '[7.501,7.502,8,9.5,0,1,0,4711]\n[17.5,17.5,17.75,1017.5,1,0,"40001",4712]\n',
  );
  expect(rowsOnClock(rows, 0.0004)).toBe(rows);
});

test('events are moved on the clock of the run, sessions on that of the host', () => {
  const by = { shiftMs: 1, clockMs: -1000 };
  expect([
    onClock({ type: 'event', event: { type: 'maintenance', fromMs: 5, tMs: 9, turnedAway: 3 } }, by),
    onClock({ type: 'session', session: { pid: 1, role: 'app', fromMs: 1500, toMs: Infinity } }, by),
    onClock({ type: 'stopped', unfinished: 2 }, by),
  ]).toEqual([
    { type: 'event', event: { type: 'maintenance', fromMs: 6, tMs: 10, turnedAway: 3 } },
    { type: 'session', session: { pid: 1, role: 'app', fromMs: 500, toMs: Infinity } },
    { type: 'stopped', unfinished: 2 },
  ]);
});
