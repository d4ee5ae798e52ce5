import { describe, expect, it } from 'vitest';
import { planPlayings } from './plan-playings.ts';

describe('the playings of a run', () => {
  it('are one for each scenario, in the order of the scenarios', () => {
    expect(planPlayings([{ name: 'quiet' }, { name: 'company' }], 1)).toEqual([
      { index: 1, scenario: 'quiet', repetition: 1 },
      { index: 2, scenario: 'company', repetition: 1 },
    ]);
  });

  it('turn the order around from round to round when they are repeated', () => {
    const order = planPlayings([{ name: 'a' }, { name: 'b' }], 3).map(
      ({ scenario, repetition }) => `${scenario}${repetition}`,
    );
    expect(order).toEqual(['a1', 'b1', 'b2', 'a2', 'a3', 'b3']);
  });
});
