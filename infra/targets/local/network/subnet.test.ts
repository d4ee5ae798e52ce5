import { describe, expect, it } from 'vitest';
import { candidateSubnets, prefixOfSubnet, takenBy } from './subnet.ts';

describe('the subnet of a run', () => {
  it('is looked for in another order by each run, in all private ranges', () => {
    const [one, other] = [candidateSubnets('a-1'), candidateSubnets('a-2')];
    expect(one).toEqual(candidateSubnets('a-1'));
    expect(one[0]).not.toBe(other[0]);
    for (const range of [/^10\./, /^172\.(2\d|3[01])\./, /^192\.168\./])
      expect(one.some((subnet) => range.test(subnet))).toBe(true);
    for (const subnet of [...one, ...other]) expect(prefixOfSubnet(subnet)).toBe(subnet.slice(0, -5));
  });

  it('is taken by whatever it overlaps with', () => {
    expect(takenBy('10.64.3.0/24', ['10.0.0.0/8'])).toBe('10.0.0.0/8');
    expect(takenBy('10.64.3.0/24', ['127.0.0.1/32', '10.64.3.77'])).toBe('10.64.3.77');
    expect(takenBy('10.64.3.0/24', ['10.64.3.9/24'])).toBe('10.64.3.9/24');
    expect(takenBy('192.168.200.0/24', ['192.168.192.0/20'])).toBe('192.168.192.0/20');
    expect(takenBy('10.64.3.0/24', ['10.64.2.0/24', '10.64.4.0/22', '192.168.0.0/16'])).toBeUndefined();
  });

  it.each(['10.1.2.0/16', '10.1.2.3/24', '10.1.256.0/24', 'fd00::/64', ''])('is never %j', (subnet) => {
    expect(() => prefixOfSubnet(subnet)).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error);
  });
});
