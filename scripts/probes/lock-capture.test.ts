import { describe, expect, it } from 'vitest';
import type { Catalog } from './catalog.ts';
import { newLocks, readCapture } from './lock-capture.ts';

const before: Catalog = new Map([
  [20001, { name: 'public.orders', kind: 'r', filenode: 20001, sizeBytes: 8192 }],
  [20002, { name: 'public.gone', kind: 'r', filenode: 20002, sizeBytes: 16384 }],
]);

describe('readCapture', () => {
  it('tells a rewrite by the new filenode and the growth by the new size', () => {
    const capture = readCapture(
      ['1000', [[20001, 'AccessExclusiveLock', 'public.orders', 'r', 30001, 40960]]],
      before,
      before,
    );
    expect(capture).toEqual({
      walPosition: 1000,
      locks: [{ relation: 'public.orders', mode: 'AccessExclusiveLock', existedBefore: true }],
      rewrote: ['public.orders'],
      sizeChangeBytes: 32768,
      after: new Map([
        [20001, { name: 'public.orders', kind: 'r', filenode: 30001, sizeBytes: 40960 }],
        [20002, { name: 'public.gone', kind: 'r', filenode: 20002, sizeBytes: 16384 }],
      ]),
    });
  });

  it('names a dropped relation from the catalog as it was before', () => {
    const capture = readCapture(
      ['1', [[20002, 'AccessExclusiveLock', null, null, null, null]]],
      before,
      before,
    );
    expect(capture.locks).toEqual([
      { relation: 'public.gone', mode: 'AccessExclusiveLock', existedBefore: true },
    ]);
    expect(capture.sizeChangeBytes).toBe(-16384);
    expect(capture.after.has(20002)).toBe(false);
  });

  it('marks a relation that the step itself made: nobody else can wait for it', () => {
    const capture = readCapture(['1', [[20009, 'ShareLock', 'public.new', 'r', 20009, 0]]], before, before);
    expect(capture.locks).toEqual([{ relation: 'public.new', mode: 'ShareLock', existedBefore: false }]);
  });

  it('counts the size of a relation once however many modes are held on it', () => {
    const capture = readCapture(
      [
        '1',
        [
          [20001, 'RowExclusiveLock', 'public.orders', 'r', 20001, 9192],
          [20001, 'AccessExclusiveLock', 'public.orders', 'r', 20001, 9192],
        ],
      ],
      before,
      before,
    );
    expect(capture.sizeChangeBytes).toBe(1000);
  });
});

describe('newLocks', () => {
  it('keeps what was not held in that mode before', () => {
    const share = { relation: 'public.orders', mode: 'ShareLock', existedBefore: true };
    const exclusive = { relation: 'public.orders', mode: 'AccessExclusiveLock', existedBefore: true };
    expect(newLocks([share, exclusive], [share])).toEqual([exclusive]);
  });
});
