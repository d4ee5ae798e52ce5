import { beforeAll, expect, test } from 'vitest';
import { loadAdvice } from '../advice.ts';
import { evidence, request, requestTable, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';

beforeAll(loadAdvice);

/** What the matrix says of a step that ends at 6000, after which `well` requests went well and `failed` ones did not. */
function said(sqlstate: string, well: number, failed = 0): string | undefined {
  const cell = { version: 'old', script: 'read', message: null };
  const after = (count: number, outcome: 0 | string): ReturnType<typeof request>[] =>
    Array.from({ length: count }, (_, n) => request(6100 + n, 6101 + n, outcome));
  const { findings } = judgeEvidence(
    evidence({
      steps: stepWindow('alter', 4900, 6000),
      requests: requestTable([request(4000, 4001), ...after(well, 0), ...after(failed, sqlstate)]),
      compatibility: [
        { ...cell, after: 'start', ok: true, sqlstate: null },
        { ...cell, after: 'alter', ok: false, sqlstate },
      ],
    }),
  );
  return findings.find(({ check }) => check === 'compatibility')?.message;
}

test.each(['22P02', '42725', '42883'])(
  'what prepared statements hide from the traffic is told with %s',
  (sqlstate) => {
    expect(said(sqlstate, 30)).toContain(
      `fails with ${sqlstate}. Live traffic does not show it: 30 requests since then went well`,
    );
  },
);

test.each(['28000', '53300', '25006'])('what only a new connection meets is told with %s', (sqlstate) => {
  expect(said(sqlstate, 30)).toContain('because their connections were open before. Every new one meets it');
});

test('nothing is hidden where requests failed alike, where too few ran, or where rows decide', () => {
  for (const message of [said('42725', 30, 1), said('42725', 19), said('23505', 30)])
    expect(message).not.toContain('Live traffic');
});
