import { expect, it } from 'vitest';
import { parseTraceLine } from './trace-line.ts';

it('reads an event with its fields', () => {
  const line =
    '        postgres-21873   [001] DNZff  4711.123456: wait: (0x55d0c0ffee00) backend=37 server=8 database=5 relation=16384 mode=-1';
  expect(parseTraceLine(line)).toEqual({
    pid: 37,
    tMs: 4_711_123.456,
    event: 'wait',
    fields: { server: 8, database: 5, relation: 16384, mode: -1 },
  });
});

it('reads the return of a function, whatever the process calls itself', () => {
  const line = ' my-app: pool-2-7   [013] .....  12.000500: awake: (0x55d1 <- 0x55d0) backend=7 status=0';
  expect(parseTraceLine(line)).toMatchObject({
    pid: 7,
    tMs: 12_000.5,
    event: 'awake',
    fields: { status: 0 },
  });
});

it('passes over what is not an event', () => {
  expect(parseTraceLine('CPU:0 [LOST 212 EVENTS]')).toBeUndefined();
  expect(parseTraceLine('')).toBeUndefined();
});
