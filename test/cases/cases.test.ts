import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { EXPECTED, type Expected } from './expected.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
/** The collection of re-enacted incidents; not everybody who has the project has it. */
const CASES = process.env['REHEARSE_CASES'] ?? join(CHECKOUT, '..', 'shared', 'cases');
const here = existsSync(CASES);
if (!here) process.stderr.write(`SKIPPING THE RE-ENACTED INCIDENTS: there is no ${CASES}\n`);

const EXIT_CODES = { pass: 0, fail: 4, inconclusive: 5 } as const;
let tmp = '';

beforeAll(async () => {
  tmp = await mkdtemp(join(tmpdir(), 'cases-'));
});

afterAll(() => rm(tmp, { recursive: true }));

/** Of these kinds each is in the table; attacks, targets and growth are held by tests of their own. */
const TOLD = /^(\d|[mru]\d?-)/;

test.skipIf(!here)('each incident of the collection is in the table', async () => {
  const folders = (await readdir(CASES)).filter((name) => {
    return TOLD.test(name) && existsSync(join(CASES, name, 'rehearsal.yaml'));
  });
  expect(folders.filter((name) => EXPECTED[name] === undefined)).toEqual([]);
});

describe.skipIf(!here).concurrent('a re-enacted incident is judged as it really went', () => {
  test.each(Object.entries(EXPECTED))('%s', async (name, expected) => {
    const { code, stdout, stderr } = await rehearse(
      ['run', join(CASES, name), '--out', join(tmp, name), '--json'],
      { cwd: CHECKOUT, tmp, env: { REHEARSE_CHECKOUT: CHECKOUT, ...expected.environment } },
    );
    const { mayPass, neverSays = [] } = expected;
    const right: Expected =
      mayPass && code === EXIT_CODES.pass ? { verdict: 'pass', says: mayPass.says, neverSays } : expected;
    expect(code, stderr.slice(-2000)).toBe(EXIT_CODES[right.verdict]);
    expect(asSeen(JSON.parse(stdout) as Result, right)).toEqual({
      verdict: right.verdict,
      missing: [],
      unwanted: [],
    });
  });
});

/** What a reader finds of what is expected, in the words of the expectation. */
function asSeen({ verdict, findings, limits, steps }: Result, expected: Expected): object {
  const text = [
    ...findings.map(({ message, advice, insteadSql }) => [message, advice, insteadSql].join('\n')),
    ...limits,
  ].join('\n');
  const { blames, delays, statements, sqlstates = [], says = [], neverSays = [] } = expected;
  const delayed = steps
    .filter(({ name }) => name === delays)
    .flatMap((step) => step.statements.map(({ victims }) => victims.delayed));
  const ran = steps.flatMap((step) => step.statements);
  return {
    verdict,
    missing: [
      ...(blames === undefined || findings[0]?.step === blames ? [] : [`blame on ${blames}`]),
      ...(delays === undefined || delayed.some((count) => count > 0)
        ? []
        : [`requests delayed by ${delays}`]),
      ...(statements === undefined || ran.length === statements ? [] : [`${statements} statements`]),
      ...sqlstates.filter((code) => !findings.some((finding) => JSON.stringify(finding).includes(code))),
      ...says.filter((pattern) => !pattern.test(text)).map(String),
    ],
    unwanted: neverSays.filter((pattern) => pattern.test(text)).map(String),
  };
}
