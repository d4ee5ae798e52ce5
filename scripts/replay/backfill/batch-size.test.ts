import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchSize } from './batch-size.ts';

describe('BatchSize', () => {
  it('settles at the size whose time is the target', () => {
    const size = new BatchSize(50);
    for (let batch = 0; batch < 20; batch++) size.learn(size.rows / 40, size.rows); // 40 rows a millisecond
    expect(size.rows).toBeGreaterThan(1900);
    expect(size.rows).toBeLessThan(2100);
  });

  it('changes by two at most from one batch to the next', () => {
    const size = new BatchSize(50);
    const first = size.rows;
    size.learn(0.001, first);
    expect(size.rows).toBe(first * 2);
    size.learn(60_000, first * 2);
    expect(size.rows).toBe(first);
  });

  it('learns nothing from a last batch that was cut short', () => {
    const size = new BatchSize(50);
    const before = size.rows;
    size.learn(1, 3);
    expect(size.rows).toBe(before);
  });

  it('stays between its smallest and its largest batch whatever the times are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 60 }), (times) => {
        const size = new BatchSize(50);
        for (const elapsedMs of times) size.learn(elapsedMs, size.rows);
        return size.rows >= 50 && size.rows <= 200_000;
      }),
    );
  });
});
