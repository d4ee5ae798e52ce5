import { expect, test } from 'vitest';
import type { TracedWait } from '../../tracing/lock-pairing.ts';
import { parseLockLine } from './log-line.ts';
import { LoggedWaits } from './logged-waits.ts';

const AT = '1763848000.250 [71] ';
const on = (lock: string): unknown => {
  const line = parseLockLine(
    `${AT}LOG:  process 71 acquired ShareLock on ${lock} after 1.500 ms at character 22`,
  );
  return line && [line.locktype, line.relationOid, line.databaseOid];
};

test('reads the lock of every kind that a wait can be for', () => {
  expect([
    on('relation 16384 of database 5'),
    on('extension of relation 16384 of database 5'),
    on('tuple (0,7) in relation 16384 of database 5'),
    on('transaction 771'),
    on('virtual transaction 3/44'),
    on('advisory lock [5,0,1,1]'),
    on('something of a later version'),
  ]).toEqual([
    ['relation', 16384, 5],
    ['extend', 16384, 5],
    ['tuple', 16384, 5],
    ['transactionid', null, 0],
    ['virtualxid', null, 0],
    ['advisory', null, 0],
    ['other', null, 0],
  ]);
});

test('takes nothing from lines that only look like one', () => {
  const wait = 'still waiting for ShareLock on transaction 7 after 1.000 ms';
  expect([
    parseLockLine(`\tLOG:  process 71 ${wait}`),
    parseLockLine(`${AT}STATEMENT:  select 'LOG:  process 71 ${wait}'`),
    parseLockLine(`${AT}LOG:  process 72 ${wait}`),
    parseLockLine(`${AT}LOG:  process 71 still waiting for NoSuchLock on transaction 7 after 1.000 ms`),
    parseLockLine(`${AT}DETAIL:  Process holding the lock: 70. Wait queue: 71.`),
  ]).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('a wait ends when it is granted, or with the error that ended it', () => {
  const waits: TracedWait[] = [];
  const logged = new LoggedWaits((wait) => waits.push(wait));
  const lock = 'AccessShareLock on relation 16384 of database 5';
  for (const text of [
    `10.001 [71] LOG:  process 71 still waiting for ${lock} after 1.250 ms`,
    `10.002 [72] LOG:  process 72 still waiting for ${lock} after 1.000 ms`,
    `10.003 [73] ERROR:  division by zero`,
    `10.020 [71] LOG:  process 71 still waiting for ${lock} after 20.000 ms`,
    `10.052 [72] ERROR:  canceling statement due to lock timeout`,
    `10.101 [71] LOG:  process 71 acquired ${lock} after 101.250 ms`,
  ]) {
    const line = parseLockLine(text);
    if (line) logged.take(line, -9000);
  }
  const common = { locktype: 'relation', databaseOid: 5, relationOid: 16384, mode: 'AccessShareLock' };
  expect(waits).toEqual([
    { ...common, pid: 72, fromMs: 1001.5, toMs: 1052.5, end: 'cancelled' },
    { ...common, pid: 71, fromMs: 1000.25, toMs: 1101.5, end: 'granted' },
  ]);
});
