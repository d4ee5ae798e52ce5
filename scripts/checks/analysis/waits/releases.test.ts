import { expect, test } from 'vitest';
import { statementRecord } from '../../evidence/evidence-fixture.ts';
import { Releases } from './releases.ts';

const release = (tMs: number, pid = 1) => ({ type: 'release', pid, tMs }) as const;

test('a transaction ends when the server gave back its locks, not when the answer arrived', () => {
  const record = statementRecord({ pid: 1, sentMs: 100, respondedMs: 150, releasedMs: 153 });
  const releases = new Releases([release(152.1), release(120), release(152.5, 2), release(160)]);
  expect(releases.exact(record)).toEqual({ ...record, releasedMs: 152.1 });
});

test('what was told of before the statement, or of other sessions, changes nothing', () => {
  const record = statementRecord({ pid: 1, sentMs: 100, respondedMs: 150, releasedMs: 153 });
  expect(new Releases([release(99.9), release(120, 2)]).exact(record)).toBe(record);
});
