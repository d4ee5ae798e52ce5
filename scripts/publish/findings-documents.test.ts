import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { failingResult, inconclusiveResult } from '../../test/report/sample-failures.ts';
import { passingResult } from '../../test/report/sample-result.ts';
import type { Result } from '../checks/result/contract/result.ts';
import { fingerprints } from './fingerprints.ts';
import { manyFindings, outside, publication } from './publication.fixture.ts';
import { publish } from './publish.ts';
import { codeQualityReport } from './surfaces/code-quality.ts';
import { sarifLog } from './surfaces/sarif.ts';

/** The schema as OASIS published it. */
const SCHEMA = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';

async function schemaMistakes(document: unknown): Promise<unknown> {
  const text = await readFile(createRequire(import.meta.url).resolve(SCHEMA), 'utf8');
  // It says of itself that it is of draft 4; it uses nothing that a later draft reads otherwise but `id`.
  const schema = JSON.parse(text, (key, value: unknown) =>
    /^(\$schema|id)$/.test(key) && typeof value === 'string' ? undefined : value,
  ) as object;
  const validate = new Ajv({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
    allErrors: true,
  }).compile(schema);
  validate(document);
  return validate.errors ?? [];
}

/** As if the file had grown by some lines above, and the host were slower. */
function later(result: Result): Result {
  return {
    ...result,
    findings: result.findings.map((finding) => ({
      ...finding,
      message: `${finding.message} again`,
      measured: 1,
    })),
    steps: result.steps.map((step) => ({
      ...step,
      statements: step.statements.map((one) => ({
        ...one,
        line: (one.line ?? 1) + 12,
        sql: `  ${one.sql}\n`,
      })),
    })),
  };
}

test.each([
  ['a pass', passingResult()],
  ['a failure', failingResult()],
  ['an inconclusive run', inconclusiveResult()],
  ['200 findings', manyFindings(200)],
])('SARIF of %s is valid by the published schema', async (_, result) => {
  expect(await schemaMistakes(sarifLog(publication({ result })))).toEqual([]);
});

test('the schema would find what is wrong', async () => {
  const log = sarifLog(publication());
  const wrong = { ...log, runs: log.runs.map((run) => ({ ...run, results: [{ level: 'terrible' }] })) };
  expect(await schemaMistakes(wrong)).not.toEqual([]);
});

test('SARIF points at the line of the migration, and has what code scanning asks for', () => {
  const [run] = sarifLog(publication()).runs;
  const [result] = run!.results;
  expect(result).toMatchObject({
    ruleId: 'lockWait',
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: expect.stringMatching(/^rehearsals\/demo\/.*\.sql$/) as string },
          region: { startColumn: 1 },
        },
      },
    ],
  });
  for (const rule of run!.tool.driver.rules) {
    expect([rule.shortDescription.text, rule.fullDescription.text, rule.help.text]).not.toContain('');
  }
  expect(
    run!.results.map(({ ruleIndex, ruleId }) => run!.tool.driver.rules[ruleIndex]!.id === ruleId),
  ).not.toContain(false);
  expect(run!.automationDetails.id).toBe('dress-rehearsal/split-customer-name/');
});

test('fingerprints stay while lines move and figures change, and no two are the same', () => {
  const before = fingerprints(publication());
  expect(fingerprints(publication({ result: later(failingResult()) }))).toEqual(before);
  const many = fingerprints(publication({ result: manyFindings(200) }));
  expect(new Set(many).size).toBe(200);
});

test('a migration outside of the rehearsal is named as the repository names it', () => {
  const result = failingResult();
  const steps = result.steps.map((step) => ({
    ...step,
    statements: step.statements.map((one) => ({ ...one, file: '../../prisma/migrations/1_a/migration.sql' })),
  }));
  const [first] = codeQualityReport(publication({ result: { ...result, steps } }));
  expect(first?.location.path).toBe('prisma/migrations/1_a/migration.sql');
});

test('a code quality report has the keys that GitLab reads, no byte order mark, and an empty list for a pass', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'quality-'));
  await publish(publication(), ['code-quality'], outside({ runFolder: dir }));
  const text = await readFile(join(dir, 'gl-code-quality-report.json'), 'utf8');
  expect(text.startsWith('[')).toBe(true);
  for (const entry of JSON.parse(text) as Record<string, unknown>[]) {
    expect(Object.keys(entry)).toEqual(['description', 'check_name', 'fingerprint', 'severity', 'location']);
    expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(entry['severity']);
  }
  expect(codeQualityReport(publication({ result: passingResult() }))).toEqual([]);
  await rm(dir, { recursive: true });
});

test('annotations are at most ten of a kind, and no text in them begins a command of its own', async () => {
  const world = outside();
  await publish(publication({ result: manyFindings(200) }), ['annotations'], world);
  expect(world.printed).toHaveLength(10);
  expect(world.printed.at(-1)).toBe('::error::and 191 more findings, see the report');
  for (const line of world.printed) expect(line).toMatch(/^::error [^\n]*$|^::error::[^\n]*$/);
  expect(world.printed[0]).toMatch(
    /^::error file=rehearsals\/demo\/[^:,]+,line=\d+,title=split-customer-name%3A lockWait::/,
  );
});
