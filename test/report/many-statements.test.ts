import { expect, test } from 'vitest';
import type { StatementResult, StepResult } from '../../scripts/checks/result/contract/result.ts';
import { fewerStatements } from '../../scripts/checks/result/fewer/fewer-statements.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { failingResult } from './sample-failures.ts';
import { passingResult } from './sample-result.ts';

const MB = 2 ** 20;

/** A step with `count` statements in files of `perFile`, none of which hurt anybody. */
function stepOf(count: number, perFile: number, name = 'many'): StepResult {
  const [like] = passingResult().steps.filter(({ statements }) => statements.length > 0);
  const statement = like?.statements[0];
  if (like === undefined || statement === undefined) throw new Error('the sample has a statement');
  const statements = Array.from({ length: count }, (_, at): StatementResult => {
    const file = `sql/${String(Math.floor(at / perFile) + 1).padStart(4, '0')}.sql`;
    const calm = { victims: { delayed: 0, failed: 0, delayedSeconds: 0 }, blackoutMs: 1, lockWaitMs: 0 };
    return { ...statement, ...calm, index: at + 1, file, durationMs: 1 + (at % 7), error: null };
  });
  return { ...like, name, statements };
}

function pageOf(steps: StepResult[]): string {
  return renderHtml({ ...passingResult(), steps });
}

/** What folds, by its line. */
function foldsOf(page: string): string[] {
  return [...page.matchAll(/<details[^>]*?(?: (open))?><summary>(.*?)<\/summary>/g)]
    .map(([, open = '', line = '']) =>
      `${open} ${line.replace(/<.*/, '').replace(/, the longest.*/, '')}`.trim(),
    )
    .filter((line) => line.includes('statements'));
}

test('hundreds of statements fold by file, and a long file by the page', () => {
  expect(foldsOf(pageOf([stepOf(200, 100)]))).toEqual([
    'sql/0001.sql: 100 statements',
    'statements 1 to 50: 50 statements',
    'statements 51 to 100: 50 statements',
    'sql/0002.sql: 100 statements',
    'statements 101 to 150: 50 statements',
    'statements 151 to 200: 50 statements',
  ]);
});

test('small files that follow one another share a page, which names each', () => {
  const page = pageOf([stepOf(120, 2)]);
  expect(foldsOf(page)[0]).toBe('sql/0001.sql to sql/0025.sql: 50 statements');
  expect(page.match(/scope="rowgroup"/g)).toHaveLength(60);
});

test('a page stays below 2 MB whatever the plan, and counts what it leaves out', () => {
  const page = pageOf([stepOf(5000, 100)]);
  expect(page.length).toBeLessThan(2 * MB);
  expect(
    /[\d,]+ more statements, which told less than these: the longest took [\d.]+ ms/.exec(page)?.[0],
  ).toBe('4,000 more statements, which told less than these: the longest took 6.0 ms');
});

test('a page that a reader has to see is open, and the others are not', () => {
  const step = stepOf(200, 200);
  const failed = failingResult()
    .steps.flatMap(({ statements }) => statements)
    .find(({ victims }) => victims.delayed > 0);
  const { victims } = failed ?? { victims: { delayed: 1, failed: 0, delayedSeconds: 1 } };
  const statements = step.statements.map((one) => (one.index === 70 ? { ...one, victims } : one));
  expect(foldsOf(pageOf([{ ...step, statements }])).slice(1, 3)).toEqual([
    'statements 1 to 50: 50 statements',
    'open statements 51 to 100: 50 statements',
  ]);
});

test('a result names the statements that tell most and those of its findings, and counts the others', () => {
  const [first, second] = [stepOf(30, 30, 'first'), stepOf(30, 30, 'second')];
  const slow = first.statements.map((one) => (one.index === 3 ? { ...one, durationMs: 900 } : one));
  const steps = fewerStatements(
    [{ ...first, statements: slow }, second],
    [{ finding: { step: 'second', statement: 1 } }],
    20,
  );
  expect(steps.flatMap(({ statements }) => statements)).toHaveLength(20);
  expect(steps[0]?.statements.map(({ index }) => index)).toContain(3);
  expect(steps[1]?.statements.map(({ index }) => index)).toContain(1);
  const left = steps.map(({ statementsLeftOut }) => statementsLeftOut?.statements ?? 0);
  expect(left[0]! + left[1]!).toBe(40);
  expect(fewerStatements([first], [], 30)).toEqual([first]);
});
