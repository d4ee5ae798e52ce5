import type { CompatibilityRecord } from '../../../artifacts/records/records.ts';
import type { StepRun } from '../../analysis/step-runs.ts';

/** An error that PostgreSQL gave to a step of the plan or to the app. */
export interface Trouble {
  readonly sqlstate: string;
  /** PostgreSQL's public message; empty where it is not known. */
  readonly message: string;
  readonly who: 'app' | 'plan';
  /** The step that failed, or that the app's error is charged to. */
  readonly step: StepRun | null;
  /** The statement that failed, or that the app's error is charged to; empty where none can be named. */
  readonly sql: string;
  /** The app version that fails; null for a step of the plan. */
  readonly version: string | null;
  /** The step after which the same script of the app works; null = none does. */
  readonly mendedBy: string | null;
  /** What the app's role was refused, where the compatibility probe saw it. */
  readonly refused: NonNullable<CompatibilityRecord['refused']> | null;
  /** The function of the database in whose body it failed; null where it was in none, or that is not known. */
  readonly inside: string | null;
}

/** One cause and what to do about it; a row of docs/remedies.md. */
export interface Remedy {
  readonly sqlstates: readonly string[];
  /** What happened, for the table in the docs. */
  readonly cause: string;
  /** What to do, as full sentences; `of` says it with the names of the case. */
  readonly instead: string;
  /** What a report says of a case; undefined where the cause is another one. Default: `instead`. */
  readonly of?: (trouble: Trouble) => Told | undefined;
  /** The statement's own advice, where there is any, says more. */
  readonly isGeneral?: boolean;
}

export interface Told {
  readonly advice: string;
  /** Copyable SQL; null where none can be made from what is known. */
  readonly insteadSql: string | null;
}

/** What stands between the first quotes behind a word, such as `table` or `column`; undefined where it was kept out. */
export function namedIn(message: string, kind: string): string | undefined {
  const name = new RegExp(`\\b${kind} "([^"…]+)"`).exec(message)?.[1];
  return name;
}
