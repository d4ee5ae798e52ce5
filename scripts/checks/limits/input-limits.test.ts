import { expect, test } from 'vitest';
import { evidence, runRecord } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';

test('a report says what is guessed, and which migrations do not fit their table', () => {
  const run = runRecord({ guesses: 7, notes: ['20261103_by_hand ran there and is not in the folder'] });
  const { limits } = judgeEvidence(evidence({ run }));
  expect(limits).toContain(
    '7 lines of the rehearsal are guesses that nobody has looked at: rehearse check lists them.',
  );
  expect(limits).toContain('20261103_by_hand ran there and is not in the folder.');
  expect(judgeEvidence(evidence()).limits.filter((limit) => limit.includes('guess'))).toEqual([]);
});
