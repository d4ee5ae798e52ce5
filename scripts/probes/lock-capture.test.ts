import { describe, expect, it } from 'vitest';
import { VersionedMap } from '../shared/versioned-map.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';
import { readCapture, type CaptureRow, type CatalogStates } from './lock-capture.ts';

const before: Catalog = new VersionedMap(
  new Map<number, CatalogEntry>([
    [20001, { name: 'public.orders', kind: 'r', filenode: 20001, sizeBytes: 8192 }],
    [20002, { name: 'public.gone', kind: 'r', filenode: 20002, sizeBytes: 16384 }],
  ]),
);

const same = (catalog: Catalog): CatalogStates => ({
  before: catalog,
  committed: catalog,
  existing: catalog,
});

describe('readCapture', () => {
  it('tells a rewrite by the new filenode and the growth by the new size', () => {
    const { after, ...capture } = readCapture(
      ['1000', [[20001, 'AccessExclusiveLock', 'public.orders', 'r', 30001, 40960]], 3],
      same(before),
    );
    expect(capture).toEqual({
      walPosition: 1000,
      newLocks: [{ relation: 'public.orders', mode: 'AccessExclusiveLock', existedBefore: true }],
      slots: 3,
      rewrote: ['public.orders'],
      sizeChangeBytes: 32768,
    });
    expect(new Map(after)).toEqual(
      new Map([
        [20001, { name: 'public.orders', kind: 'r', filenode: 30001, sizeBytes: 40960 }],
        [20002, { name: 'public.gone', kind: 'r', filenode: 20002, sizeBytes: 16384 }],
      ]),
    );
    expect(before.get(20001)?.filenode).toBe(20001);
  });

  it('names a dropped relation from the catalog as it was before', () => {
    const capture = readCapture(
      ['1', [[20002, 'AccessExclusiveLock', null, null, null, null]], 1],
      same(before),
    );
    expect(capture.newLocks).toEqual([
      { relation: 'public.gone', mode: 'AccessExclusiveLock', existedBefore: true },
    ]);
    expect(capture.sizeChangeBytes).toBe(-16384);
    expect(capture.after.has(20002)).toBe(false);
    expect([...capture.after].map(([oid]) => oid)).toEqual([20001]);
    expect(before.has(20002)).toBe(true);
  });

  it('marks a relation that the step itself made: nobody else can wait for it', () => {
    const capture = readCapture(['1', [[20009, 'ShareLock', 'public.new', 'r', 20009, 0]], 1], same(before));
    expect(capture.newLocks).toEqual([{ relation: 'public.new', mode: 'ShareLock', existedBefore: false }]);
  });

  it('names a relation as others know it until the transaction that renamed it commits', () => {
    const orders = { name: 'public.orders_old', kind: 'r', filenode: 20001, sizeBytes: 8192 };
    const renamed = before.with(new Map([[20001, orders]]));
    const { newLocks: locks } = readCapture(
      ['1', [[20001, 'AccessExclusiveLock', 'public.orders_old', 'r', 20001, 8192]], 1],
      { before: renamed, committed: before, existing: before },
    );
    expect(locks.map(({ relation }) => relation)).toEqual(['public.orders']);
  });

  it('tells what a partition of a partition is a part of, also after it was rewritten', () => {
    const whole = { name: 'public.log', kind: 'p', filenode: null, sizeBytes: 0 };
    const middle = { ...whole, name: 'public.log_y', parent: 20003 };
    const part = { name: 'public.log_1', kind: 'r', filenode: 1, sizeBytes: 0, parent: 20004 };
    const entries: [number, CatalogEntry][] = [
      [20003, whole],
      [20004, middle],
      [20005, part],
    ];
    const row: CaptureRow = ['1', [[20005, 'ShareLock', 'public.log_1', 'r', 2, 0]], 1];
    const { newLocks: locks, after } = readCapture(row, same(new VersionedMap(new Map(entries))));
    expect(locks[0]?.partitionOf).toBe('public.log');
    expect(after.get(20005)?.parent).toBe(20004);
  });

  it('counts the size of a relation once however many modes are held on it', () => {
    const capture = readCapture(
      [
        '1',
        [
          [20001, 'RowExclusiveLock', 'public.orders', 'r', 20001, 9192],
          [20001, 'AccessExclusiveLock', 'public.orders', 'r', 20001, 9192],
        ],
        2,
      ],
      same(before),
    );
    expect(capture.sizeChangeBytes).toBe(1000);
  });

  it('tells of what was held before only what it has become', () => {
    const { after, ...capture } = readCapture(
      ['1', [[20001, null, 'public.orders', 'r', 30001, 9192, 5, 7]], 1],
      same(before),
    );
    expect(capture).toMatchObject({ newLocks: [], rewrote: ['public.orders'], sizeChangeBytes: 1000 });
    expect(after.get(20001)?.filenode).toBe(30001);
  });
});
