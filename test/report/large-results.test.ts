import { expect, test } from 'vitest';
import { resultSchema, type Result } from '../../scripts/checks/result/contract/result.ts';
import { withFormerNames } from '../../scripts/checks/result/contract/former-names.ts';
import { withinSize } from '../../scripts/checks/result/fewer/within-size.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { renderVerdict } from '../../scripts/report/verdict.ts';
import { failingResult } from './sample-failures.ts';
import { sampleFinding } from './sample-parts.ts';
import { wayBackResult } from './sample-way-back.ts';

const MB = 2 ** 20;
const MANY = 5000;

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** Everything that a run can have many of, thousands of times. */
function largeResult(): Result {
  const result = failingResult();
  const [guilty, statement] = result.steps.flatMap((step) =>
    step.statements.map((one) => [step, one] as const),
  )[0] ?? [undefined, undefined];
  if (guilty === undefined) throw new Error('the sample has a statement');
  const statements = times(MANY, (at) => ({
    ...statement,
    index: at + 1,
    sql: `insert into t_${at} values (${'0, '.repeat(200)}0);`,
    rewrote: times(5, (nth) => `public.partition_${at}_${nth}`),
    locks: times(5, (nth) => ({ relation: `public.partition_${at}_${nth}`, mode: 'AccessExclusiveLock' })),
    victimsByScript: times(5, (nth) => ({
      version: 'old',
      script: `script-${nth}`,
      delayed: at,
      failed: 0,
      sqlstates: ['55P03'],
    })),
  }));
  return {
    ...result,
    findings: times(MANY, (at) =>
      sampleFinding({
        step: guilty.name,
        statement: at + 1,
        message: `finding ${at} ${'with its many words '.repeat(8)}`,
        insteadSql: 'alter table customers validate constraint family_name_set;\n'.repeat(5),
      }),
    ),
    errors: times(MANY, (at) => ({
      version: 'old',
      script: `script-${at}`,
      step: guilty.name,
      sqlstate: '42703',
      count: at + 1,
      message: 'column "name" does not exist',
    })),
    compatibility: times(4 * MANY, (at) => ({
      after: result.steps[at % result.steps.length]?.name ?? 'start',
      version: 'old',
      script: `script-${at}`,
      ok: at % 20 !== 0,
      sqlstate: at % 20 === 0 ? '42703' : null,
      live: true,
    })),
    wayBack: (wayBackResult().wayBack ?? []).map((way) => ({
      ...way,
      schemaDifferences: times(MANY, (at) => ({
        kind: 'index',
        name: `public.index_${at}`,
        relation: 'public.orders',
        how: 'left-over',
        what: [],
        step: guilty.name,
      })),
    })),
    steps: result.steps.map((step) => (step === guilty ? { ...step, statements } : step)),
  };
}

test('a result with thousands of everything stays below 3 MB and its page below 2 MB, and both say how many there were', () => {
  const large = largeResult();
  expect(JSON.stringify(large).length).toBeGreaterThan(10 * MB);
  const result = withFormerNames(withinSize(large));
  expect(resultSchema.safeParse(result).error).toBeUndefined();
  expect(JSON.stringify(result).length).toBeLessThan(3 * MB);
  const page = renderHtml(result);
  expect(page.length).toBeLessThan(2 * MB);
  expect(renderMarkdown(result).length).toBeLessThan(70_000);
  const totals = Object.fromEntries((result.leftOut ?? []).map(({ list, total }) => [list, total]));
  expect(totals).toMatchObject({
    findings: MANY,
    errors: MANY,
    compatibility: 4 * MANY,
    schemaDifferences: 2 * MANY,
  });
  expect(page).toMatch(/Of 5,000 findings the [\d,]+ that tell most are in the result\./);
  expect(renderVerdict(result, { color: false, runPath: 'runs/large', width: 80 })).toContain(
    '4,999 more findings',
  );
});

test('of long lists the worst stay, in their order', () => {
  const large = largeResult();
  const result = withinSize(large);
  expect(result.findings).toEqual(large.findings.slice(0, result.findings.length));
  expect(result.errors.at(-1)?.script).toBe(`script-${MANY - 1}`);
  expect(result.compatibility.filter(({ ok }) => !ok)).toEqual(large.compatibility.filter(({ ok }) => !ok));
});

test('a result of ordinary length stays as it is', () => {
  const result = failingResult();
  expect(withinSize(result)).toEqual(result);
});
