import { describe, expect, it } from 'vitest';
import { currentPidSpace, identityOf } from '../../../process-identity.ts';
import { aliasOf, epochSeconds, ownerText, runOfAlias, standingOfPart } from './part-owner.ts';

const here = await currentPidSpace();
const me = (await identityOf(process.pid))!;
const soon = Date.now() + 60_000;
const past = Date.now() - 60_000;
const dead = ownerText({ ...me, startTime: '1' }, here);
const inUse = { inUse: true, ownerDied: false };

describe('a part of a run', () => {
  it('is told by the alias of its link, which has room for 255 characters', () => {
    const runId = `${'r'.repeat(98)}-20261120-020000-a1b2`;
    const alias = aliasOf(runId, 1_800_000_000, true, ownerText(me, here));
    expect(alias.length).toBeLessThan(256);
    expect(runOfAlias(`${alias}\n`)).toBe(runId);
    expect(runOfAlias('uplink')).toBeUndefined();
  });

  it('is in use while its owner lives, also beyond its expiry', async () => {
    const claim = { expiresAtMs: past, kept: false, owner: ownerText(me, here) };
    expect(await standingOfPart(claim, here)).toEqual(inUse);
    expect(await standingOfPart({ ...claim, expiresAtMs: soon, owner: dead }, here)).toEqual({
      inUse: false,
      ownerDied: true,
    });
  });

  it.each([
    ['it is kept', true, dead, true],
    ['nobody owns it', false, ownerText(null, here), false],
    ['its owner cannot be seen from here', false, ownerText(me, { ...here, namespace: 'pid:[1]' }), false],
  ])('is in use until its expiry when %s', async (_, kept, owner, ownerDied) => {
    expect(await standingOfPart({ kept, owner, expiresAtMs: soon }, here)).toEqual(inUse);
    expect(await standingOfPart({ kept, owner, expiresAtMs: past }, here)).toEqual({
      inUse: false,
      ownerDied,
    });
  });

  it('ends with the boot', async () => {
    const owner = ownerText(me, { ...here, bootId: 'another' });
    const standing = await standingOfPart({ kept: true, owner, expiresAtMs: soon }, here);
    expect(standing).toEqual({ inUse: false, ownerDied: false });
  });

  it('expires in whole seconds, never early', () => {
    expect(epochSeconds('2026-11-20T02:00:00.001Z')).toBe(epochSeconds('2026-11-20T02:00:01Z'));
  });
});
