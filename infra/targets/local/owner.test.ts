import { describe, expect, it } from 'vitest';
import { currentPidSpace, identityOf } from '../../process-identity.ts';
import { aliasOf, epochSeconds, isClaimInUse, ownerText, parseAlias } from './owner.ts';

const here = await currentPidSpace();
const me = (await identityOf(process.pid))!;
const soon = Date.now() + 60_000;
const past = Date.now() - 60_000;

describe('the claim on a part of a run', () => {
  it('is read back from the alias of an interface, which has room for 255 characters', () => {
    const alias = aliasOf(`${'r'.repeat(98)}-20261120-020000-a1b2`, 1_800_000_000, true, ownerText(me, here));
    expect(alias.length).toBeLessThan(256);
    expect(parseAlias(`${alias}\n`)).toMatchObject({
      kept: true,
      expiresAtMs: 1_800_000_000_000,
      owner: ownerText(me, here),
    });
    expect(parseAlias('uplink')).toBeUndefined();
  });

  it('holds while its owner lives, also beyond its expiry', async () => {
    const claim = { expiresAtMs: past, kept: false, owner: ownerText(me, here) };
    expect(await isClaimInUse(claim, here)).toBe(true);
    const gone = ownerText({ ...me, startTime: '1' }, here);
    expect(await isClaimInUse({ ...claim, expiresAtMs: soon, owner: gone }, here)).toBe(false);
  });

  it('holds until its expiry when it is kept, has no owner, or its owner cannot be seen from here', async () => {
    const gone = ownerText({ ...me, startTime: '1' }, here);
    const nobody = ownerText(null, here);
    const elsewhere = ownerText(me, { ...here, namespace: 'pid:[1]' });
    for (const [kept, owner] of [
      [true, gone],
      [false, nobody],
      [false, elsewhere],
    ] as const) {
      expect(await isClaimInUse({ kept, owner, expiresAtMs: soon }, here)).toBe(true);
      expect(await isClaimInUse({ kept, owner, expiresAtMs: past }, here)).toBe(false);
    }
  });

  it('ends with the boot', async () => {
    const owner = ownerText(me, { ...here, bootId: 'another' });
    expect(await isClaimInUse({ kept: true, owner, expiresAtMs: soon }, here)).toBe(false);
  });

  it('expires in whole seconds, never early', () => {
    expect(epochSeconds('2026-11-20T02:00:00.001Z')).toBe(epochSeconds('2026-11-20T02:00:01Z'));
  });
});
