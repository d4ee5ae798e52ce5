import { beforeAll, describe, expect, test } from 'vitest';
import { toldAdvice } from '../../../test/support/remedies/told-advice.ts';
import { contraryOf, reconciled, type Advised } from './contrary.ts';

let all: readonly string[] = [];
beforeAll(async () => {
  all = await toldAdvice();
});

function finding(advice: string, rest: Partial<Advised> = {}): Advised {
  return { check: 'lockHold', step: 'expand', statement: 1, advice, insteadSql: 'select 1', ...rest };
}

/** The first words of each of two. */
function pairOf(first: string, second: string): string {
  return [first, second].map((text) => text.split(/\s+/).slice(0, 5).join(' ')).join(' / ');
}

describe('all that the checks can advise, two of each told to the same statement', () => {
  test('is a hundred sentences and more', () => {
    expect(all.length).toBeGreaterThan(100);
  });

  test('keeps the advice of the worse finding alone where both cannot be followed', () => {
    for (const first of all) {
      for (const second of all) {
        const [worse, lesser] = reconciled([finding(first), finding(second, { check: 'p99' })]);
        expect(worse).toEqual(finding(first));
        if (worse && lesser) expect(contraryOf(worse, lesser)).toBeUndefined();
      }
    }
  });

  test('is contrary in these pairs, each of which was looked at', () => {
    const pairs = all.flatMap((first, at) =>
      all
        .slice(at + 1)
        .filter((second) => contraryOf(finding(first), finding(second)) !== undefined)
        .map((second) => pairOf(first, second)),
    );
    expect(pairs).toMatchInlineSnapshot(`
      [
        "A statement that reads or / Detach it CONCURRENTLY, outside a",
        "A statement that reads or / Give what is CONCURRENTLY lock_timeout",
        "A statement that reads or / What is CONCURRENTLY waits for",
        "Build it CONCURRENTLY, which lets / Drop it without CONCURRENTLY, with",
        "Build it CONCURRENTLY, which lets / The index of a partitioned",
        "COMMIT within a procedure or / Change the type and run",
        "COMMIT within a procedure or / In one transaction with a",
        "COMMIT within a procedure or / In one transaction, drop what",
        "COMMIT within a procedure or / Keep the ANALYZE in its",
        "COMMIT within a procedure or / Put BEGIN and COMMIT around",
        "CONCURRENTLY is not possible beside / Detach it CONCURRENTLY, outside a",
        "CONCURRENTLY is not possible beside / Give what is CONCURRENTLY lock_timeout",
        "CONCURRENTLY is not possible beside / What is CONCURRENTLY waits for",
        "Change one table a transaction, / Detach it CONCURRENTLY, outside a",
        "Change one table a transaction, / Give what is CONCURRENTLY lock_timeout",
        "Change one table a transaction, / What is CONCURRENTLY waits for",
        "Change rows and the table / Change the type and run",
        "Change rows and the table / In one transaction with a",
        "Change rows and the table / In one transaction, drop what",
        "Change rows and the table / Keep the ANALYZE in its",
        "Change rows and the table / Put BEGIN and COMMIT around",
        "Change the type and run / End the transaction right after",
        "Change the type and run / Expand and contract: a new",
        "Change the type and run / Expand and contract: add x",
        "Change the type and run / Give the step transaction: none,",
        "Change the type and run / Keep the unique index until",
        "Change the type and run / Keep what a version with",
        "Change the type and run / Let the app write short",
        "Change the type and run / No function, procedure or DO",
        "Detach it CONCURRENTLY, outside a / Drop it without CONCURRENTLY, with",
        "Detach it CONCURRENTLY, outside a / In one transaction with a",
        "Detach it CONCURRENTLY, outside a / The index of a partitioned",
        "Drop it CONCURRENTLY, one index / Drop it without CONCURRENTLY, with",
        "Drop it CONCURRENTLY, one index / Expand and contract: a new",
        "Drop it CONCURRENTLY, one index / Expand and contract: add x",
        "Drop it CONCURRENTLY, one index / Keep the unique index until",
        "Drop it CONCURRENTLY, one index / Keep what a version with",
        "Drop it CONCURRENTLY, one index / Let the app write short",
        "Drop it CONCURRENTLY, one index / The index of a partitioned",
        "Drop it without CONCURRENTLY, with / Give what is CONCURRENTLY lock_timeout",
        "Drop it without CONCURRENTLY, with / Refresh it CONCURRENTLY; for that",
        "Drop it without CONCURRENTLY, with / What is CONCURRENTLY waits for",
        "Drop or defer indexes on / Make its batches shorter with",
        "Drop or defer indexes on / Write less WAL at once:",
        "End the transaction right after / In one transaction with a",
        "End the transaction right after / In one transaction, drop what",
        "End the transaction right after / Keep the ANALYZE in its",
        "End the transaction right after / Put BEGIN and COMMIT around",
        "Give the step transaction: none, / In one transaction with a",
        "Give the step transaction: none, / In one transaction, drop what",
        "Give the step transaction: none, / Keep the ANALYZE in its",
        "Give the step transaction: none, / Put BEGIN and COMMIT around",
        "Give what is CONCURRENTLY lock_timeout / In one transaction with a",
        "Give what is CONCURRENTLY lock_timeout / The index of a partitioned",
        "If that is what was / Write ADD COLUMN IF NOT",
        "In one transaction with a / No function, procedure or DO",
        "In one transaction with a / What is CONCURRENTLY waits for",
        "In one transaction, drop what / No function, procedure or DO",
        "Keep the ANALYZE in its / No function, procedure or DO",
        "Keep the sum of all / Lower load.rate, or give the",
        "No function, procedure or DO / Put BEGIN and COMMIT around",
        "Refresh it CONCURRENTLY; for that / The index of a partitioned",
        "The index of a partitioned / What is CONCURRENTLY waits for",
        "Write ADD COLUMN IF NOT / Write the change from what",
      ]
    `);
  });
});

test.each([
  ['their lockTimeout', 'Give the step lockTimeout: 300ms and retries: 5', 'Give it lockTimeout: 60ms.'],
  ['their retries', 'Give the step lockTimeout: 300ms and retries: 5', 'or give it retries: 12, which go on'],
])('advice for one step differs in no number: %s', (_, first, second) => {
  const [, lesser] = reconciled([finding(first), finding(second, { statement: 2 })]);
  expect(lesser).toMatchObject({
    advice: expect.stringMatching(/^What is said to lockHold comes first/) as unknown,
    insteadSql: null,
  });
});

test('two steps may be told different things', () => {
  const both = [finding('Make its batches shorter'), finding('or longer batches', { step: 'fill' })];
  expect(reconciled(both)).toEqual(both);
});
