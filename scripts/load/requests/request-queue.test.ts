import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestQueue } from './request-queue.ts';

describe('RequestQueue', () => {
  it('behaves like a list from which the first is taken', () => {
    const step = fc.oneof(
      fc.nat(3000).map((pushed) => ({ pushed })),
      fc.nat(3000).map((taken) => ({ taken })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const queue = new RequestQueue<number>();
        const list: number[] = [];
        let next = 0;
        for (const { pushed = 0, taken = 0 } of steps as { pushed?: number; taken?: number }[]) {
          for (let index = 0; index < pushed; index++) {
            queue.push(next);
            list.push(next++);
          }
          const expected = Array.from({ length: taken }, () => list.shift());
          expect(Array.from({ length: taken }, () => queue.shift())).toEqual(expected);
          expect(queue.length).toBe(list.length);
          expect(queue.items()).toEqual(list);
        }
      }),
    );
  });
});
