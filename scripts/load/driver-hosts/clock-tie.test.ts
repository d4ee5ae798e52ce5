import { expect, test } from 'vitest';
import { ClockTie } from './clock-tie.ts';

test('the answer that was quickest tells how far the other clock is ahead, to within half its way', () => {
  const tie = new ClockTie();
  tie.add({ askedMs: 0, answeredMs: 4, theirsMs: 1003 });
  tie.add({ askedMs: 4, answeredMs: 5, theirsMs: 1004.5 });
  tie.add({ askedMs: 5, answeredMs: 8, theirsMs: 1005 });
  expect([tie.aheadMs, tie.errorMs(5)]).toEqual([1000, 0.5]);
});

test('what is known is worth less with time, until a slower answer knows better', () => {
  const tie = new ClockTie();
  tie.add({ askedMs: 0, answeredMs: 1, theirsMs: 1000.5 });
  expect(tie.errorMs(2001)).toBeCloseTo(1.5);
  tie.add({ askedMs: 1000, answeredMs: 1004, theirsMs: 2002.9 });
  expect(tie.aheadMs).toBe(1000);
  tie.add({ askedMs: 4000, answeredMs: 4004, theirsMs: 5002.9 });
  expect([tie.aheadMs, tie.errorMs(4004)]).toEqual([1000.8999999999996, 2]);
});

test('each time is wrong by no more than is said, however the clocks run apart and the ways there and back differ', () => {
  const tie = new ClockTie();
  const theirs = (ms: number): number => 5000 + ms * 1.0004;
  for (let askedMs = 0; askedMs < 60_000; askedMs += 1000) {
    const [there, back] = [(askedMs / 1000) % 7, (askedMs / 1000) % 5];
    tie.add({ askedMs, answeredMs: askedMs + there + back, theirsMs: theirs(askedMs + there) });
    const nowMs = askedMs + 900;
    expect(Math.abs(theirs(nowMs) - nowMs - tie.aheadMs)).toBeLessThanOrEqual(tie.errorMs(nowMs));
  }
});
