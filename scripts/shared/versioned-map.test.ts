import { expect, it } from 'vitest';
import { VersionedMap } from './versioned-map.ts';

it('keeps every version as it was, whatever is changed, added or gone in later ones', () => {
  const first = new VersionedMap(
    new Map([
      ['a', 1],
      ['b', 2],
    ]),
  );
  const second = first.with(
    new Map([
      ['a', null],
      ['c', 3],
    ] as const),
  );
  const third = second.with(
    new Map([
      ['a', 4],
      ['c', null],
    ] as const),
  );
  expect([...first]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect([...second]).toEqual([
    ['b', 2],
    ['c', 3],
  ]);
  expect([...third]).toEqual([
    ['b', 2],
    ['a', 4],
  ]);
  expect([second.has('a'), second.get('c'), third.get('c'), third.get('a')]).toEqual([
    false,
    3,
    undefined,
    4,
  ]);
  expect(third.with(new Map())).toBe(third);
});
