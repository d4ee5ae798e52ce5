import { expect, it } from 'vitest';
import { nameOf, readName, runHash, tagsOf, thingOf } from './names.ts';
import { freeSubnets } from './subnets.ts';

const MARKER = { runId: 'demo-20261127-120000-0a1b', owner: 'abc', expiresAt: '2026-11-27T14:00:00.000Z' };

it('tells run, expiry, role and owner by the name alone, in at most 63 characters', () => {
  const name = nameOf(MARKER, 'primary');
  expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
  expect(readName(name)).toEqual({
    hash: runHash(MARKER.runId),
    expiresAt: MARKER.expiresAt,
    role: 'primary',
    owner: 'abc',
  });
  expect(thingOf({ kind: 'network', id: '1', name })?.owner).toBe('abc');
  for (const other of ['rehearse-x', `${name}-2`, `my-${name}`, 'db-1', ''])
    expect(readName(other)).toBeUndefined();
});

it('reads the names of several driver hosts', () => {
  expect(readName(nameOf(MARKER, 'driver-12'))).toMatchObject({ role: 'driver-12', owner: 'abc' });
});

it('takes for ours only what has both our name and our tag, and believes no tag of another run', () => {
  const [name, tags] = [nameOf(MARKER, 'driver'), tagsOf(MARKER)];
  expect(thingOf({ kind: 'host', id: '1', name, tags })).toMatchObject({ runId: MARKER.runId, owner: 'abc' });
  expect(thingOf({ kind: 'host', id: '1', name, tags: ['prod'] })).toBeUndefined();
  expect(thingOf({ kind: 'host', id: '1', name: 'prod', tags })).toBeUndefined();
  const forged = ['dress-rehearsal', 'run:other-20261127-120000-0a1b'];
  expect(thingOf({ kind: 'host', id: '1', name, tags: forged })?.runId).toBeUndefined();
});

it('proposes networks that overlap none of those which are there', () => {
  const all = freeSubnets(MARKER.runId, []);
  expect(all).toEqual(freeSubnets(MARKER.runId, []));
  expect(freeSubnets(MARKER.runId, [all[0] ?? ''])).not.toContain(all[0]);
  expect(freeSubnets(MARKER.runId, ['10.0.0.0/8'])).toEqual([]);
});
