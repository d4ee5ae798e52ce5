import type { StatementResult } from '../../../checks/result/contract/result.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { formatCount, formatMs, plural } from '../../../shared/text/format.ts';
import { largest } from '../../facts/facts.ts';

/** So many statements stand in one table. */
export const PAGE = 50;

/** Statements that fold together: a file with its pages, where it has more than one of them, or several small files. */
interface StatementPages {
  readonly title: string;
  readonly statements: readonly StatementResult[];
  /** Empty = all of them are one page. */
  readonly pages: readonly (readonly StatementResult[])[];
}

/** The statements by file, in the order of the plan; small files that follow one another share a page. */
export function pagesOf(statements: readonly StatementResult[]): StatementPages[] {
  const found: StatementPages[] = [];
  let small: StatementResult[] = [];
  const flush = (): void => {
    if (small.length > 0) found.push({ title: titleOf(small), statements: small, pages: [] });
    small = [];
  };
  for (const own of groupBy(statements, ({ file }) => file).values()) {
    if (small.length + own.length > PAGE) flush();
    if (own.length <= PAGE) small.push(...own);
    else found.push({ title: titleOf(own), statements: own, pages: chunksOf(own) });
  }
  flush();
  return found;
}

/** Whether a reader has to see it without asking. */
export function isTelling({ error, victims }: StatementResult): boolean {
  return error !== null || victims.failed > 0 || victims.delayed > 0;
}

/** `statements 51 to 100` of the step. */
export function placeOf(statements: readonly StatementResult[]): string {
  return `statements ${formatCount(statements[0]?.index ?? 0)} to ${formatCount(statements.at(-1)?.index ?? 0)}`;
}

/** What all of them came to. */
export function summaryOf(statements: readonly StatementResult[]): string {
  const sum = (of: (statement: StatementResult) => number): number =>
    statements.reduce((total, statement) => total + of(statement), 0);
  const failed = statements.filter(({ error }) => error !== null).length;
  const facts = [
    plural(statements.length, 'statement'),
    `the longest ${formatMs(largest(statements.map(({ durationMs }) => durationMs)))}`,
    `the longest blackout ${formatMs(largest(statements.map(({ blackoutMs }) => blackoutMs)))}`,
    `${formatCount(sum(({ victims }) => victims.delayed))} delayed`,
    `${formatCount(sum(({ victims }) => victims.failed))} failed`,
    ...(failed === 0 ? [] : [plural(failed, 'error')]),
  ];
  return facts.join(', ');
}

export function fileOf(statement: StatementResult | undefined): string {
  return statement?.file ?? 'the plan';
}

function titleOf(statements: readonly StatementResult[]): string {
  const [first, last] = [fileOf(statements[0]), fileOf(statements.at(-1))];
  return first === last ? first : `${first} to ${last}`;
}

function chunksOf(statements: readonly StatementResult[]): StatementResult[][] {
  const count = Math.ceil(statements.length / PAGE);
  return Array.from({ length: count }, (_, page) => statements.slice(page * PAGE, (page + 1) * PAGE));
}
