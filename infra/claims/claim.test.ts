import { describe, expect, it } from 'vitest';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import { isRunId, judgeClaim, ownClaim, standingOf } from './claim.ts';

const here = { bootId: 'boot-1', namespace: 'pid:[1]' };
const claim = { expiresAt: '2026-11-20T22:00:00.000Z', keptUntil: null, pidSpace: here };
const PAST = '2026-11-20T11:59:59.000Z';
const nowMs = Date.parse('2026-11-20T12:00:00Z');
const elsewhere = { ...here, namespace: 'pid:[2]' };

describe('a claimed thing', () => {
  it.each([
    ['is in use while its owner lives', claim, true, [true, false]],
    ['is left by its owner, who died', claim, false, [false, true]],
    [
      'is in use while its owner lives, also when it has expired',
      { ...claim, expiresAt: PAST },
      true,
      [true, false],
    ],
    [
      'is nobody’s after a reboot',
      { ...claim, pidSpace: { ...here, bootId: 'boot-0' } },
      true,
      [false, false],
    ],
    ['is in use while it is kept', { ...claim, keptUntil: claim.expiresAt }, false, [true, false]],
    ['is left when it was kept until now', { ...claim, keptUntil: PAST }, false, [false, true]],
    ['is left alone when another container made it', { ...claim, pidSpace: elsewhere }, false, [true, false]],
    [
      'is nobody’s when another container made it and it has expired',
      { ...claim, expiresAt: PAST, pidSpace: elsewhere },
      false,
      [false, false],
    ],
  ] as const)('%s', (_, given, controllerAlive, [inUse, ownerDied]) => {
    expect(judgeClaim(given, { nowMs, here, controllerAlive })).toEqual({ inUse, ownerDied });
  });

  it('is in use while this process, which claimed it, lives', async () => {
    const runId = newRunId('demo');
    expect(await standingOf(await ownClaim({ runId, expiresAt: PAST }))).toEqual({
      inUse: true,
      ownerDied: false,
    });
  });
});

it('a run id is told by its form', () => {
  for (const id of [newRunId('a'), newRunId('split-customer.name_2')]) expect(isRunId(id)).toBe(true);
  for (const id of [
    'main',
    'a-20261120-020000',
    '-20261120-020000-a1b2',
    'a/b-20261120-020000-a1b2',
    newRunId('x'.repeat(120)),
  ])
    expect(isRunId(id)).toBe(false);
});
