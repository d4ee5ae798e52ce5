import { describe, expect, it } from 'vitest';
import { asSecret, holdsSecret, isSecret, revealed } from './wire.ts';

const SECRET = {
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value: 'hunter2',
};

describe('values on the wire', () => {
  it('reveals secrets at any depth and leaves the rest as it is', () => {
    const value = { list: [1, SECRET, null], deep: { secret: asSecret({ inner: SECRET }) }, plain: 'x' };
    expect(revealed(value)).toEqual({
      list: [1, 'hunter2', null],
      deep: { secret: { inner: 'hunter2' } },
      plain: 'x',
    });
  });

  it('puts a value into the envelope of the engine, and only once', () => {
    expect(asSecret('hunter2')).toEqual(SECRET);
    expect(asSecret(SECRET)).toBe(SECRET);
    expect(isSecret(asSecret(undefined))).toBe(true);
  });

  it('finds a secret however deep it stands', () => {
    expect(holdsSecret({ a: [{ b: SECRET }] })).toBe(true);
    expect(holdsSecret({ a: [{ b: 'hunter2' }], c: null })).toBe(false);
  });
});
