import { describe, expect, it } from 'vitest';
import { requireHealthyTraffic, type ScriptOutcome } from './health.ts';

const of = (outcome: 0 | string, count: number, script = 'pay'): ScriptOutcome => ({
  version: 'old',
  script,
  outcome,
  count,
});
const refusal = (...outcomes: ScriptOutcome[]): string => {
  try {
    requireHealthyTraffic(outcomes);
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('requireHealthyTraffic', () => {
  it('lets an app go on that collides, finds rows stale or runs out of patience now and then', () => {
    const own = ['40001', '23505', 'P0001', '55P03', 'OL001'].map((code) => of(code, 1));
    expect(refusal(of(0, 179), ...own)).toBe('');
  });

  it.each(['42703', '28P01', '53300', 'lost'])(
    'stops one request with %s, naming script and count',
    (code) => {
      expect(refusal(of(0, 179), of(code, 1), of('40001', 4))).toMatch(
        new RegExp(`old/pay: 1 with ${code}$`),
      );
    },
  );

  it('stops where a script never succeeds, whatever it fails with', () => {
    expect(refusal(of(0, 179, 'read'), of('40001', 12), of('P0001', 8))).toContain('old/pay: 12 with 40001');
    expect(refusal(of(0, 179, 'read'), of('40001', 19))).toBe('');
  });
});
