import { expect, test } from 'vitest';
import { Concerned, type Waiting } from './concerned.ts';

const PLAN = 1000;
const isApp = (pid: number): boolean => pid > 0 && pid < PLAN;

function waiting(pid: number, blockers: readonly number[], more: Partial<Waiting> = {}): Waiting {
  return { pid, locktype: 'transactionid', waitStart: `${pid}`, blockers, ...more };
}

/** The process ids that are told of, look by look. */
function told(...looks: readonly (readonly Waiting[])[]): number[][] {
  const concerned = new Concerned();
  return looks.map((look) => concerned.of(look, isApp).map(({ pid }) => pid));
}

test('sessions of the app that wait for rows of each other are left out', () => {
  expect(told([waiting(1, [2]), waiting(3, [2, 1]), waiting(4, [5])])).toEqual([[]]);
});

test('whoever waits for somebody else, directly or through others, is told of, and whom somebody else waits for', () => {
  const queue = [waiting(1, [2]), waiting(3, [1]), waiting(7, [8])];
  expect(told([...queue, waiting(2, [PLAN])])).toEqual([[1, 3, 2]]);
  expect(told([...queue, waiting(PLAN, [3])])).toEqual([[1, 3, PLAN]]);
  expect(told([...queue, waiting(PLAN, [1, 2])])).toEqual([[1, PLAN]]);
});

test('sessions of the app that wait for the same row as somebody else are left out', () => {
  expect(told([waiting(1, [2]), waiting(3, [2]), waiting(PLAN, [2])])).toEqual([[PLAN]]);
});

test('a prepared transaction, which is no backend, is somebody else', () => {
  expect(told([waiting(1, [0]), waiting(2, [-1])])).toEqual([[1, 2]]);
});

test('waits for a relation are told of, whoever waits for whom', () => {
  expect(told([waiting(1, [2], { locktype: 'relation' }), waiting(3, [1])])).toEqual([[1]]);
});

test('a wait that somebody else began is told of until it ends, and the next one of its session is not', () => {
  const behindPlan = [waiting(1, [PLAN]), waiting(2, [PLAN, 1])];
  const behindApp = [waiting(2, [1])];
  const nobodyKnows = [waiting(2, [])];
  const anew = [waiting(2, [1], { waitStart: 'later' })];
  expect(told(behindPlan, behindApp, nobodyKnows, anew)).toEqual([[1, 2], [2], [2], []]);
});

test('four hundred sessions in one queue are looked through in a walk over each of its links once', () => {
  const pids = Array.from({ length: 400 }, (_, place) => place + 1);
  const queue = pids.map((pid) => waiting(pid, pids.slice(0, pid - 1)));
  expect(told(queue)).toEqual([[]]);
  expect(told([...queue, waiting(PLAN, [400])])).toEqual([[...pids, PLAN]]);
});
