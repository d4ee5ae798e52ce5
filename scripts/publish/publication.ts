import { posix } from 'node:path';
import { blamedStatement } from '../report/facts/facts.ts';
import type { Finding, Result } from '../checks/result/contract/result.ts';
import type { RunDiff } from '../history/compare/diff.ts';
import type { LastGood } from '../history/compare/window.ts';
import type { NoteLine } from '../history/lines/history-line.ts';

/** What is told of a run, wherever it is told. */
export interface Publication {
  readonly result: Result;
  /** The last good run before it, and whose that is; undefined where there is none. */
  readonly against: { readonly diff: RunDiff; readonly whose: LastGood['whose'] } | undefined;
  /** What reviewers wrote, oldest first. */
  readonly notes: readonly NoteLine[];
  /** Where the report can be opened; null = nowhere. */
  readonly reportUrl: string | null;
  /** The rehearsal's folder, relative to the root of its repository; '' = the root. */
  readonly dir: string;
}

/** A line of a file, relative to the root of the repository, without `./`. */
export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The first line of the statement there; null for the rehearsal as a whole. */
  readonly sql: string | null;
}

/** Where a finding is told: at the statement that it blames, else at the rehearsal. */
export function placeOf({ result, dir }: Publication, finding: Finding): Place {
  const statement = blamedStatement(result, finding)?.statement;
  if (statement?.file == null) return { path: inRepository(dir, 'rehearsal.yaml'), line: 1, sql: null };
  const sql = statement.sql.trim().split('\n')[0] ?? '';
  return { path: inRepository(dir, statement.file), line: statement.line ?? 1, sql };
}

function inRepository(dir: string, file: string): string {
  return posix.normalize(posix.join(dir, file)).replace(/^(\.\.\/)+/, '');
}
