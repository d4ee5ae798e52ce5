import { expect, test } from 'vitest';
import { requestTable } from '../../scripts/checks/evidence/evidence-fixture.ts';
import { trueVictims } from './true-victims.ts';

test('victims are those due in the blackout, and those in the queue that it left', () => {
  const requests = requestTable([
    [0, 0, 0, 3, 0, 0, 0], // answered before it
    [95, 95, 95, 203, 0, 0, 0], // in flight when it began
    [120, 120, 120, 201, 0, 0, 0],
    [195, 195, 195, 202, 0, 0, 0], // so near to its end that it was hardly delayed
    [205, 215, 215, 240, 0, 0, 0], // had to wait for a connection
    ...[210, 220, 230, 240, 250].map((due) => [due, due, due, due + 2, 0, 0, 0] as const),
    [260, 260, 260, 300, 0, 0, 0], // slow, but the queue was gone
  ]);
  expect(trueVictims(requests, { fromMs: 100, toMs: 200 }, 20, 1)).toEqual({
    count: 3,
    seconds: (107 + 80 + 34) / 1000,
  });
});
