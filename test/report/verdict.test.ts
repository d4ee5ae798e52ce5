import { expect, test } from 'vitest';
import { renderVerdict } from '../../scripts/report/verdict.ts';
import { withEverywhere } from './hostile.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, inconclusiveResult } from './sample-failures.ts';
import { keptResult } from './sample-hosts.ts';
import { passingResult } from './sample-result.ts';

const OPTIONS = { color: false, runPath: 'runs/split-customer-name-20261122-021407-9f3a', width: 100 };

test('a pass says what was measured and where the report is', () => {
  expect(renderVerdict(passingResult(), OPTIONS)).toMatchInlineSnapshot(`
    "PASS  All 6 steps ran: no request failed, none was delayed, the longest stop of the app was 12 ms
          and the longest hold that stops it 51 ms, p99 stayed at or below 24 ms.
          runs/split-customer-name-20261122-021407-9f3a/report.html · 4 min 12 s · nothing left behind
    "
  `);
});

test('that others had the machine is told whatever the verdict, and no other limit', () => {
  const taken =
    "The machine was not the rehearsal's own: in 9 of 12 seconds other processes took 63 % of the processor time of driver and primary, and next to nothing was idle.";
  const { limits } = passingResult();
  const text = renderVerdict({ ...passingResult(), limits: [...limits, taken] }, { ...OPTIONS, width: 400 });
  expect(text.split('\n').map((line) => line.trim())).toContain(taken);
  for (const limit of limits) expect(text).not.toContain(limit);
});

test.each([
  ['next', true, 'plan of commit 1a2b3c4d5e on next, changed since'],
  [null, false, 'plan of commit 1a2b3c4d5e'],
])('the commit of the plan is told, on branch %s, changed: %s', (branch, isDirty, line) => {
  const origin = { machine: 'laptop', commit: '1a2b3c4d5e6f7081920a1b2c3d4e5f6071829304', branch, isDirty };
  const lines = renderVerdict({ ...passingResult(), origin }, OPTIONS).split('\n');
  expect(lines.at(-3)?.trim()).toBe(line);
  const unknown = { ...origin, commit: null, branch: null, isDirty: null };
  expect(renderVerdict({ ...passingResult(), origin: unknown }, OPTIONS)).not.toContain('commit');
});

test('a failure says what happened, why, what to do about it, and where to look', () => {
  expect(renderVerdict(failingResult(), OPTIONS)).toMatchInlineSnapshot(`
    "FAIL  Step 4 set-not-null stopped customers for 2.19 s (budget 500 ms): 876 requests waited, none
          failed.
          SET NOT NULL read all of customers (4.1 M rows) while it held ACCESS EXCLUSIVE.
          Add a CHECK constraint as NOT VALID and validate it first: VALIDATE lets reads and writes go
          on, and SET NOT NULL then needs no scan. See docs/checks/lock-wait.md
          2 more findings in the report
          runs/split-customer-name-20261122-021407-9f3a/report.html · 4 min 12 s · nothing left behind
    "
  `);
});

test('failed requests are told with their SQLSTATE', () => {
  expect(renderVerdict(brokenResult(), OPTIONS)).toMatchInlineSnapshot(`
    "FAIL  Step 1 rename made 490 requests fail (budget 0): old/show-profile 371 with 42703 and
          old/sign-up 119 with 42703.
          After it no version of the app can find name any more.
          Expand and contract: add full_name beside name, write both, backfill, deploy, drop name last.
          See docs/checks/errors.md
          1 more finding in the report
          runs/split-customer-name-20261122-021407-9f3a/report.html · 41.0 s · nothing left behind
    "
  `);
});

test('an inconclusive run says why, and what is left behind', () => {
  expect(renderVerdict(inconclusiveResult(), OPTIONS)).toMatchInlineSnapshot(`
    "INCONCLUSIVE  This run cannot be judged. The load generator sent 7.4 % of 41,200 requests more than
          50 ms late by its own fault: latencies are partly its own.
          Lower load.rate or give the driver more CPU. See docs/checks/generator.md
          1 more finding in the report
          runs/split-customer-name-20261122-021407-9f3a/report.html · 4 min 12 s · 2 left behind: rehearse reap --execute
    "
  `);
});

test('without a sweep nobody claims that nothing was left', () => {
  const { environment } = passingResult();
  const verdict = renderVerdict(passingResult({ environment: { ...environment, leftovers: null } }), OPTIONS);
  expect(verdict).toContain('not known what is left behind: rehearse reap');
});

test('colours change the looks and not the words', () => {
  const plain = renderVerdict(failingResult(), OPTIONS);
  const coloured = renderVerdict(failingResult(), { ...OPTIONS, color: true });
  expect(coloured).toContain('\u001b[31m\u001b[1mFAIL');
  const escape = String.fromCharCode(27);
  expect(
    coloured
      .split(escape)
      .map((part, at) => (at === 0 ? part : part.replace(/^\[\d+m/, '')))
      .join(''),
  ).toBe(plain);
});

test('no line is wider than the terminal, but for the path', () => {
  for (const width of [60, 80, 120]) {
    const lines = renderVerdict(failingResult(), { ...OPTIONS, width }).split('\n');
    expect(lines.filter((line) => line.length > width && !line.includes('report.html'))).toEqual([]);
  }
});

test('no text can move the cursor or change colours', () => {
  const verdict = renderVerdict(withEverywhere(failingResult(), '\u001b[2J\u009b\r\u0007'), {
    ...OPTIONS,
    runPath: 'runs/x',
  });
  expect(verdict).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('an environment that was kept on purpose is not left behind', () => {
  expect(renderVerdict(keptResult(), OPTIONS)).toContain('4 min 12 s · kept up until 22 Nov 2026 02:48 UTC');
});
